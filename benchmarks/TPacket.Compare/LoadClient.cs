using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>A client of a load. All clients receive on one event loop, so they share the load's counters without locks.</summary>
internal abstract class LoadClient(Load load) : WebSocketHandler
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the client is ready; fails if its connection ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>The load that counts received messages.</summary>
    protected Load Load { get; } = load;

    /// <summary>The number of expected deliveries of this client's messages. It does not change once the load is stopping.</summary>
    public abstract long Owed { get; }

    /// <summary>Sends the first message. The receipt of each message triggers the next.</summary>
    public abstract void Talk();

    /// <summary>Completes <see cref="Ready"/>.</summary>
    protected void SetReady() => _ready.TrySetResult();

    protected override void OnClosed(ConnectionEnd end)
    {
        if (!_ready.TrySetException(new InvalidOperationException($"The server ended a connection: {end}.")))
            Load.Lose();
    }
}

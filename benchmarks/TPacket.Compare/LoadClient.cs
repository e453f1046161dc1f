using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>One connection of a load. All of a load's clients hear on one event loop, so that they share its counters without locks.</summary>
internal abstract class LoadClient(Load load) : WebSocketHandler
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the client is where it is to be; fails when its connection ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What counts what is heard.</summary>
    protected Load Load { get; } = load;

    /// <summary>How many messages it has said, once for each client that has to receive them. Settled once the load is stopping.</summary>
    public abstract long Owed { get; }

    /// <summary>Says something; its return is followed by the next.</summary>
    public abstract void Talk();

    /// <summary>The client is where it is to be.</summary>
    protected void SetReady() => _ready.TrySetResult();

    protected override void OnClosed(ConnectionEnd end)
    {
        if (!_ready.TrySetException(new InvalidOperationException($"The server ended a connection: {end}.")))
            Load.Lose();
    }
}

using System.Threading.Channels;

namespace TPacket.Client.Rooms;

/// <summary>The buffer of one enumeration of events.</summary>
/// <param name="capacity">The maximum number of buffered events.</param>
/// <param name="onEnd">Called when the reader ends the enumeration.</param>
internal sealed class EventStream(int capacity, Action<EventStream> onEnd) : IAsyncEnumerable<ClientEvent>
{
    private readonly Channel<ClientEvent> _events = Channel.CreateBounded<ClientEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
    private int _enumerated;

    public int Capacity => capacity;

    /// <summary>Adds an event to the buffer.</summary>
    /// <returns>False if the buffer is full.</returns>
    public bool TryAdd(ClientEvent clientEvent) => _events.Writer.TryWrite(clientEvent);

    /// <summary>Ends the enumeration after the buffered events.</summary>
    /// <param name="error">Thrown after the last event; null for a normal end.</param>
    public void Complete(Exception? error) => _events.Writer.TryComplete(error);

    public IAsyncEnumerator<ClientEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref _enumerated, 1) == 0
            ? EnumerateAsync(cancellationToken)
            : throw new InvalidOperationException("The events can be enumerated once. Call ReadEventsAsync again for another enumeration.");

    private async IAsyncEnumerator<ClientEvent> EnumerateAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _events.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (_events.Reader.TryRead(out var clientEvent))
                    yield return clientEvent;
            }
        }
        finally
        {
            onEnd(this);
        }
    }
}

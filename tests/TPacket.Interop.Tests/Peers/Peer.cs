using System.Threading.Channels;

namespace TPacket.Interop.Tests.Peers;

/// <summary>
/// A connection of an independent implementation of RFC 6455, in either role. It reports its events as lines, such as <c>open protocol chat</c>,
/// <c>text 5 0123456789abcdef</c> and <c>close 1000 because</c>.
/// </summary>
public abstract class Peer
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly List<string> _past = [];

    /// <summary>Receives the next line.</summary>
    public async Task<string> NextAsync()
    {
        using var deadline = Deadline.Start();
        try
        {
            var next = await _events.Reader.ReadAsync(deadline.Token);
            _past.Add(next);
            return next;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"Nothing happened after: {string.Join("; ", _past.TakeLast(5))}.", e);
        }
    }

    public abstract Task SendAsync(Message message);

    /// <summary>Begins the closing handshake; the peer reports its result.</summary>
    public abstract Task CloseAsync(int status, string reason);

    /// <summary>Sends a message as frames that end at the given bytes, and one for the rest. Browsers cannot.</summary>
    public virtual Task SendFragmentsAsync(Message message, params int[] ends) => throw new NotSupportedException();

    /// <summary>Ends the TCP connection without a close frame. Browsers cannot.</summary>
    public virtual Task VanishAsync() => throw new NotSupportedException();

    internal void Tell(string line) => _events.Writer.TryWrite(line);

    internal void TellNoMore(Exception? error) => _events.Writer.TryComplete(error);
}

using System.Threading.Channels;

namespace TPacket.Interop.Tests.Peers;

/// <summary>
/// One connection of an implementation of RFC 6455 that is not ours, in either role. What happens to it is told in lines: <c>open protocol chat</c>,
/// <c>text 5 0123456789abcdef</c>, <c>close 1000 because</c> and the like.
/// </summary>
public abstract class Peer
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly List<string> _past = [];

    /// <summary>The next thing that happens.</summary>
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

    /// <summary>Begins the closing handshake; what it comes to is told.</summary>
    public abstract Task CloseAsync(int status, string reason);

    /// <summary>Sends a message as frames that end at the given bytes, and one for the rest. Browsers cannot.</summary>
    public virtual Task SendFragmentsAsync(Message message, params int[] ends) => throw new NotSupportedException();

    /// <summary>Ends the TCP connection without a close frame. Browsers cannot.</summary>
    public virtual Task VanishAsync() => throw new NotSupportedException();

    internal void Tell(string line) => _events.Writer.TryWrite(line);

    internal void TellNoMore(Exception? error) => _events.Writer.TryComplete(error);
}

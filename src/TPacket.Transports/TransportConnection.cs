using System.Net;

namespace TPacket.Transports;

/// <summary>
/// Bytes in and out of one peer. What arrives is pushed to a <see cref="TransportHandler"/>; what leaves is written without blocking.
/// </summary>
/// <remarks>
/// Every member may be called from any thread, but <c>TrySend</c> and <see cref="SendWhenWritable"/> have one caller at a time,
/// which the connection's outbound queue sees to.
/// </remarks>
public abstract class TransportConnection
{
    /// <summary>This side's address, or null where there is none.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, or null where there is none.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Whether the connection has come through a proxy that speaks the PROXY protocol.</summary>
    public virtual bool IsProxied => false;

    /// <summary>
    /// Whether something has arrived, the end of the stream included, that the handler was not given yet and will be: the event loop or the thread pool is behind. False during a pause, and where the
    /// connection cannot know. Asked before a peer is judged by its silence, never on a hot path.
    /// </summary>
    public virtual bool HasUnreadInput => false;

    /// <summary>
    /// Begins to receive. Called once; nothing is delivered to <paramref name="handler"/> on this call's stack. A connection that was closed before tells its end.
    /// </summary>
    public abstract void Start(TransportHandler handler);

    /// <summary>Writes without blocking.</summary>
    /// <returns>How many bytes were taken, 0 to all of them; -1 when the connection is gone, which the handler is told separately.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Writes two parts as if they were one, without blocking. Where the transport cannot gather them, they are copied together.</summary>
    /// <inheritdoc cref="TrySend(ReadOnlySpan{byte})"/>
    public virtual int TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var length = head.Length + body.Length;
        var both = BufferPool.Rent(length);
        try
        {
            head.CopyTo(both);
            body.CopyTo(both.AsSpan(head.Length));
            return TrySend(both.AsSpan(0, length));
        }
        finally
        {
            BufferPool.Return(both);
        }
    }

    /// <summary>
    /// After <c>TrySend</c> took less than all: asks for <see cref="TransportHandler.OnWritable"/>, once, when more can be written.
    /// A transport that can only wait by writing takes some of <paramref name="bytes"/> for that.
    /// </summary>
    /// <returns>How many of <paramref name="bytes"/> were taken; they are copied. After <see cref="TransportHandler.OnClosed"/> none, and nothing is told.</returns>
    public abstract int SendWhenWritable(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// At the end of a <see cref="FlushBatch"/>: leaves a flush to the event loop that serves this connection, where there is another one than the caller's. That one flushes at the end of
    /// its round, together with what it has to write to the same peer itself.
    /// </summary>
    /// <returns>True when the loop will flush, once; the connection may end before. False when the caller is to flush: there is no such loop, or it rests and is not worth waking for so little.</returns>
    internal virtual bool TryHandOver(IFlushable flushable) => false;

    /// <summary>Stops to receive; called by the handler from <see cref="TransportHandler.OnReceived"/> only. The peer is slowed by its full window.</summary>
    public abstract void PauseReceiving();

    /// <summary>Ends a pause.</summary>
    public abstract void ResumeReceiving();

    /// <summary>Tells the peer that nothing more will be sent, after what was taken, by <see cref="SendWhenWritable"/> too. Receiving goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>
    /// Releases the connection. What <c>TrySend</c> took is still sent by the operating system; what <see cref="SendWhenWritable"/> took may be lost until
    /// <see cref="TransportHandler.OnWritable"/> has come. Unread input makes the system send a reset, so an orderly end is <see cref="ShutdownSend"/>, then this on
    /// <see cref="TransportHandler.OnEndOfInput"/>. <see cref="TransportHandler.OnClosed"/> follows, on another stack.
    /// </summary>
    public abstract void Close();

    /// <summary>
    /// Releases the connection with a reset: the operating system drops what it has not sent, so that it holds nothing for a peer that does not read. A call after <see cref="Close"/> that comes
    /// too late changes nothing. <see cref="TransportHandler.OnClosed"/> follows, on another stack. By default the same as <see cref="Close"/>, for transports that have no reset.
    /// </summary>
    public virtual void Abort() => Close();
}

using System.Net;
using TPacket.Transports.Buffers;
using TPacket.Transports.Loops;

namespace TPacket.Transports;

/// <summary>
/// A connection to one peer. It pushes received bytes to a <see cref="TransportHandler"/> and sends without blocking.
/// </summary>
/// <remarks>
/// Every member may be called from any thread. <c>TrySend</c> and <see cref="SendWhenWritable"/> must have one caller at a time; the WebSocket layer's outbound queue ensures this.
/// </remarks>
public abstract class TransportConnection
{
    /// <summary>The local address, or null if there is none.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, or null if there is none.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Whether a proxy has forwarded the connection with the PROXY protocol.</summary>
    public virtual bool IsProxied => false;

    /// <summary>
    /// Whether bytes, the end of the stream or an error wait for delivery to the handler because the event loop or the thread pool is late. False while receiving is paused, and if the
    /// connection cannot find out. The heartbeat reads this property before it closes a silent connection. Nothing reads it for each packet.
    /// </summary>
    public virtual bool HasUnreadInput => false;

    /// <summary>
    /// Begins to receive. Must be called once. The handler is never called on the stack of this method. If the connection is already closed,
    /// <see cref="TransportHandler.OnClosed"/> follows.
    /// </summary>
    /// <param name="handler">Receives the events of the connection.</param>
    public abstract void Start(TransportHandler handler);

    /// <summary>Sends without blocking.</summary>
    /// <param name="bytes">The bytes. The connection does not keep a reference to them.</param>
    /// <returns>
    /// The number of bytes accepted, from 0 to all of them; -1 after <see cref="ShutdownSend"/>, or if the connection has ended.
    /// <see cref="TransportHandler.OnClosed"/> reports the end.
    /// </returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends two spans as one, without blocking. The default implementation copies both into one buffer.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="body">The bytes that follow.</param>
    /// <returns>The number of bytes accepted, from 0 to all of both spans; -1 after <see cref="ShutdownSend"/> and if the connection has ended.</returns>
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
    /// Requests one call of <see cref="TransportHandler.OnWritable"/> when more bytes can be sent. Call this after <c>TrySend</c> has accepted only a part. A transport that can only wait by
    /// sending accepts some of <paramref name="bytes"/> for that.
    /// </summary>
    /// <param name="bytes">The bytes that <c>TrySend</c> has not accepted.</param>
    /// <returns>The number of bytes accepted, which are copied. After <see cref="TransportHandler.OnClosed"/> the number is 0, and the handler is not called.</returns>
    public abstract int SendWhenWritable(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Hands a flush over to the event loop that serves this connection, if the caller runs on another thread. That loop flushes at the end of its round, together with its own output for
    /// the same peer. Called at the end of a <see cref="FlushBatch"/>.
    /// </summary>
    /// <returns>
    /// True if the loop will flush once, unless the connection ends first. False if the caller must flush: there is no other loop, or that loop is ending, or
    /// is idle while the batch is too small to wake it.
    /// </returns>
    internal virtual bool TryHandOver(IFlushable flushable) => false;

    /// <summary>Stops receiving. The handler calls this within <see cref="TransportHandler.OnReceived"/> only. Flow control then slows the peer down.</summary>
    public abstract void PauseReceiving();

    /// <summary>Resumes receiving after <see cref="PauseReceiving"/>.</summary>
    public abstract void ResumeReceiving();

    /// <summary>
    /// Shuts down the sending side after all accepted bytes have been sent, including bytes accepted by <see cref="SendWhenWritable"/>. Receiving continues.
    /// </summary>
    public abstract void ShutdownSend();

    /// <summary>
    /// Closes the connection. The operating system still sends the bytes that <c>TrySend</c> has accepted. Bytes that <see cref="SendWhenWritable"/> has accepted may be lost until
    /// <see cref="TransportHandler.OnWritable"/>. Unread input makes the system send a reset. For an orderly end, call <see cref="ShutdownSend"/> and then this method in
    /// <see cref="TransportHandler.OnEndOfInput"/>. <see cref="TransportHandler.OnClosed"/> follows on another stack.
    /// </summary>
    public abstract void Close();

    /// <summary>
    /// Aborts the connection with a reset. The operating system drops unsent bytes, so that it holds nothing for a peer that does not read. After <see cref="Close"/>, this method
    /// aborts a close that is still in progress and otherwise has no effect. <see cref="TransportHandler.OnClosed"/> follows on another stack. The default implementation calls
    /// <see cref="Close"/>, for transports without a reset.
    /// </summary>
    public virtual void Abort() => Close();
}

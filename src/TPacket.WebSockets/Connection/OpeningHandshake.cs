using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Connection;

/// <summary>This side's part of the opening handshake (RFC 6455, section 4): reads the peer's request or response head and answers it.</summary>
internal abstract class OpeningHandshake
{
    /// <summary>
    /// Bytes of the head that have arrived so far. Only <see cref="Inbound"/> uses this field. It belongs to the handshake, because the bytes
    /// are not needed later.
    /// </summary>
    public MessageAssembler Head;

    /// <summary>Reads the head, and acts on it when it is complete.</summary>
    /// <param name="source">The bytes that have arrived, from the first byte of the head.</param>
    /// <param name="consumed">Length of the complete head in bytes.</param>
    /// <param name="pending">A task that is incomplete while the application decides about the request.</param>
    /// <returns>False if the head is not complete.</returns>
    public abstract bool TryRead(ReadOnlySpan<byte> source, out int consumed, out ValueTask pending);

    /// <summary>Ends the connection after <see cref="WebSocketOptions.HandshakeTimeout"/>.</summary>
    public abstract void Expire();

    /// <summary>Ends the connection after an exception of the application's handler.</summary>
    public abstract void Fail();

    /// <summary>Handles the end of the connection before the handshake was complete.</summary>
    public virtual void OnEnded(ConnectionEnd end, Exception? error)
    {
    }
}

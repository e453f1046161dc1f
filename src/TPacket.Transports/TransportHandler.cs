namespace TPacket.Transports;

/// <summary>
/// Receives the events of a <see cref="TransportConnection"/>. The connection makes one call at a time, with one exception: <see cref="OnWritable"/> may run at the same time as
/// <see cref="OnReceived"/> or <see cref="OnEndOfInput"/>.
/// </summary>
/// <remarks>
/// The calls come from the threads of the transport and must not block: an event loop serves many connections on one thread. An exception that a method throws closes the connection;
/// <see cref="OnClosed"/> receives it.
/// </remarks>
public abstract class TransportHandler
{
    /// <summary>Processes received bytes. The handler must consume all of them.</summary>
    /// <param name="bytes">The bytes, in a buffer of the transport. The handler may modify them until it returns.</param>
    public abstract void OnReceived(Span<byte> bytes);

    /// <summary>Processes the end of the input: the peer sends nothing more. The connection stays open until <see cref="TransportConnection.Close"/>.</summary>
    public abstract void OnEndOfInput();

    /// <summary>Continues to send after <see cref="TransportConnection.SendWhenWritable"/>.</summary>
    public abstract void OnWritable();

    /// <summary>
    /// Processes the end of the connection. This is the last call of a started connection, made exactly once, and no other call runs at the same
    /// time. Must not throw.
    /// </summary>
    /// <param name="error">The error that ended the connection; null after <see cref="TransportConnection.Close"/> and when the transport is disposed of.</param>
    public abstract void OnClosed(Exception? error);
}

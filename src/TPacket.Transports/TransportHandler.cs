namespace TPacket.Transports;

/// <summary>
/// Receives what happens on a <see cref="TransportConnection"/>. All but <see cref="OnWritable"/> are called one at a time;
/// <see cref="OnWritable"/> may come at the same time as any of them but <see cref="OnClosed"/> and itself.
/// </summary>
public abstract class TransportHandler
{
    /// <summary>Bytes have arrived. All of them are consumed by the call; the memory belongs to the transport and is the handler's to change until it returns.</summary>
    public abstract void OnReceived(Span<byte> bytes);

    /// <summary>The peer will send nothing more. The connection stays until <see cref="TransportConnection.Close"/>.</summary>
    public abstract void OnEndOfInput();

    /// <summary>More can be written, as <see cref="TransportConnection.SendWhenWritable"/> asked.</summary>
    public abstract void OnWritable();

    /// <summary>The connection is gone. Called exactly once, and last: nothing is told after it or at the same time. Must not throw.</summary>
    /// <param name="error">What ended it, or null after <see cref="TransportConnection.Close"/> and when the transport is disposed of.</param>
    public abstract void OnClosed(Exception? error);
}

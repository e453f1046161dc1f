using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Connection;

/// <summary>This side's part in the opening handshake (RFC 6455, section 4): reads the head that the peer sends, and acts on it.</summary>
internal abstract class OpeningHandshake
{
    /// <summary>What has arrived of the head before. Belongs to <see cref="Inbound"/>, which outlives the handshake and has no use for it then.</summary>
    public MessageAssembler Head;

    /// <summary>Reads what has arrived.</summary>
    /// <param name="source">What has arrived, from the head's first byte.</param>
    /// <param name="consumed">The head's length in bytes, when it is whole.</param>
    /// <param name="pending">Incomplete while the application thinks about it.</param>
    /// <returns>False when more is needed.</returns>
    public abstract bool TryRead(ReadOnlySpan<byte> source, out int consumed, out ValueTask pending);

    /// <summary>The handshake has taken too long.</summary>
    public abstract void Expire();

    /// <summary>The application has failed in the middle of it.</summary>
    public abstract void Fail();

    /// <summary>The connection is gone before the handshake was done.</summary>
    public virtual void OnEnded(ConnectionEnd end, Exception? error)
    {
    }
}

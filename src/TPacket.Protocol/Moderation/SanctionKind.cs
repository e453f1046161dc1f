namespace TPacket.Protocol;

/// <summary>The kind of a <see cref="Sanction"/>. The values are those of the wire (docs/protocol.md, Moderation).</summary>
public enum SanctionKind
{
    /// <summary>Nobody can sign in with a nick.</summary>
    NickBan = 0,

    /// <summary>Nobody can sign in from an IP address.</summary>
    AddressBan = 1,

    /// <summary>The user of a nick cannot send messages.</summary>
    Mute = 2,
}

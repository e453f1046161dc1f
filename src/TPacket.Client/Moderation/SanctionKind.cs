namespace TPacket.Client;

/// <summary>The kind of a <see cref="Sanction"/>. The numbers are the values on the wire (docs/protocol.md, Moderation).</summary>
public enum SanctionKind
{
    /// <summary>The ban of a nick.</summary>
    NickBan = 0,

    /// <summary>The ban of an IP address.</summary>
    AddressBan = 1,

    /// <summary>The mute of the user of a nick.</summary>
    Mute = 2,
}

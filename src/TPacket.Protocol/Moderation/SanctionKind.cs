namespace TPacket.Protocol;

/// <summary>The kind of a <see cref="Sanction"/>. The numbers are the values on the wire (docs/protocol.md, Moderation).</summary>
public enum SanctionKind
{
    /// <summary>The ban of a nick: no user can sign in with the nick.</summary>
    NickBan = 0,

    /// <summary>The ban of an IPv4 address or an IPv6 /64 network: no user can sign in from the address.</summary>
    AddressBan = 1,

    /// <summary>The mute of a nick: its user can neither send messages nor change its nick.</summary>
    Mute = 2,
}

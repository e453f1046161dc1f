namespace TPacket.Server;

/// <summary>The kind of a <see cref="ModerationEntry"/>.</summary>
public enum ModerationKind
{
    /// <summary>The ban of a nick: no user can sign in with the nick.</summary>
    NickBan = 0,

    /// <summary>The ban of an IPv4 address or an IPv6 /64 network: no user can sign in from the address.</summary>
    AddressBan = 1,

    /// <summary>The mute of a nick: its user can neither send messages (<see cref="ModerationOptions.MutedCommands"/>) nor change its nick.</summary>
    Mute = 2,
}

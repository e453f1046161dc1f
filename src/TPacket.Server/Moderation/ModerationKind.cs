namespace TPacket.Server;

/// <summary>The kind of a moderator's decision.</summary>
public enum ModerationKind
{
    /// <summary>Nobody may have a nick.</summary>
    NickBan = 0,

    /// <summary>Nobody may sign in from an address.</summary>
    AddressBan = 1,

    /// <summary>The user of a nick may not speak.</summary>
    Mute = 2,
}

namespace TPacket.Server;

/// <summary>The kind of a <see cref="ModerationEntry"/>.</summary>
public enum ModerationKind
{
    /// <summary>Nobody can sign in with a nick.</summary>
    NickBan = 0,

    /// <summary>Nobody can sign in from an address.</summary>
    AddressBan = 1,

    /// <summary>The user of a nick cannot send messages.</summary>
    Mute = 2,
}

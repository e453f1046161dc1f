namespace TPacket.Protocol;

/// <summary>
/// The reason for which a request was rejected: p1 of <see cref="PacketCommand.RespError"/>. Always negative. Applications define -1000 and below (docs/protocol.md, Error codes).
/// </summary>
public enum PacketErrorCode
{
    /// <summary>No other code applies.</summary>
    Unspecified = -1,

    /// <summary>No handler is registered for the command.</summary>
    UnknownCommand = -2,

    /// <summary>The data is not valid UTF-8.</summary>
    NotUtf8 = -3,

    /// <summary>The parameters or the data are not valid for the command.</summary>
    InvalidArgument = -4,

    /// <summary>The handler of the command failed. The server's log has the exception.</summary>
    HandlerFailed = -5,

    /// <summary>The server's policy does not allow the request.</summary>
    Refused = -6,

    /// <summary>The room's store failed. The request had no effect.</summary>
    StoreFailed = -7,

    /// <summary>The room's store has not answered in time. The request may have taken effect or may still take effect.</summary>
    Unknown = -8,

    /// <summary>The packet's uid is older than every uid that the server remembers. The packet was not appended now, but it may have been appended before.</summary>
    TooOld = -9,

    /// <summary>A command other than <see cref="PacketCommand.SetUserNick"/> was sent before a nick was accepted.</summary>
    NickRequired = -10,

    /// <summary>Another user has the nick, or a nick that looks the same.</summary>
    NickTaken = -11,

    /// <summary>
    /// The nick has no visible character, begins or ends with a blank, or contains control or format characters, fillers, or code points that are no characters
    /// (docs/protocol.md, Engagement).
    /// </summary>
    NickInvalid = -12,

    /// <summary>The nick is longer than the server allows.</summary>
    NickTooLong = -13,

    /// <summary>The user already has a nick, and the server does not allow changes.</summary>
    NickChangeNotAllowed = -14,

    /// <summary>
    /// The server has no session with this token: the session has ended, never began, or belongs to another principal. The client may sign in with a nick.
    /// </summary>
    SessionUnknown = -15,

    /// <summary>The nick or the address is banned. The text gives the reason and the end of the ban.</summary>
    Banned = -16,

    /// <summary>The room's name has no visible character, or contains control characters or code points that are no characters.</summary>
    RoomNameInvalid = -20,

    /// <summary>The room's name is longer than the server allows.</summary>
    RoomNameTooLong = -21,

    /// <summary>The user is already in a room, and the server does not allow changes.</summary>
    RoomChangeNotAllowed = -22,

    /// <summary>The command requires a room, and the user is in none.</summary>
    NotInRoom = -23,

    /// <summary>The room has reached its limit of members.</summary>
    RoomFull = -24,

    /// <summary>The room is private, and the client has sent no invitation, or an invitation that is not valid or has expired.</summary>
    InvitationRequired = -25,

    /// <summary>The message's text is longer than the server allows.</summary>
    MessageTooLong = -30,

    /// <summary>The user is muted. The text gives the reason and the end of the mute.</summary>
    Muted = -31,

    /// <summary>The client or its room sends more packets than the server allows. The packet had no effect. The client may send it again later.</summary>
    RateLimited = -40,

    /// <summary>
    /// The server cannot resume the session now: the session was resumed too often, or too many sessions are being resumed. p2: the delay in milliseconds after
    /// which the client may try again.
    /// </summary>
    TryLater = -41,
}

namespace TPacket.Protocol;

/// <summary>
/// p1 of <see cref="PacketCommand.RespError"/>: why a request was refused. Always negative; -1000 and below belong to applications
/// (docs/protocol.md, Error codes).
/// </summary>
public enum PacketErrorCode
{
    /// <summary>Nothing better is known.</summary>
    Unspecified = -1,

    /// <summary>No handler is registered for the command.</summary>
    UnknownCommand = -2,

    /// <summary>The data has to be UTF-8 text and is not.</summary>
    NotUtf8 = -3,

    /// <summary>The parameters or the data do not fit the command.</summary>
    InvalidArgument = -4,

    /// <summary>The handler of the command failed; the server's log says why.</summary>
    HandlerFailed = -5,

    /// <summary>The server's policy does not allow the request.</summary>
    Refused = -6,

    /// <summary>The room's store failed, and nothing has changed.</summary>
    StoreFailed = -7,

    /// <summary>The room's store has not answered: the request may have taken effect, now or later.</summary>
    Unknown = -8,

    /// <summary>The packet's uid is older than those that the server remembers. The packet was not appended now; it may have been appended before.</summary>
    TooOld = -9,

    /// <summary>A command other than <see cref="PacketCommand.SetUserNick"/> was sent before a nick was accepted.</summary>
    NickRequired = -10,

    /// <summary>Another user has that nick, or one that reads the same.</summary>
    NickTaken = -11,

    /// <summary>The nick shows nothing, has control characters or code points that are no characters, or begins or ends with white space.</summary>
    NickInvalid = -12,

    /// <summary>The nick is longer than the server allows.</summary>
    NickTooLong = -13,

    /// <summary>The user has a nick already, and this server does not allow to change it.</summary>
    NickChangeNotAllowed = -14,

    /// <summary>The server knows no session of this token: it is over, it has never begun, or it is another principal's. The client may sign in with a nick.</summary>
    SessionUnknown = -15,

    /// <summary>The nick or the address is banned. The text says why and until when.</summary>
    Banned = -16,

    /// <summary>The room's name shows nothing, or has control characters or code points that are no characters.</summary>
    RoomNameInvalid = -20,

    /// <summary>The room's name is longer than the server allows.</summary>
    RoomNameTooLong = -21,

    /// <summary>The user is in a room already, and this server does not allow to change it.</summary>
    RoomChangeNotAllowed = -22,

    /// <summary>The command is for members of a room, and the user is in none.</summary>
    NotInRoom = -23,

    /// <summary>The room has as many members as it may have.</summary>
    RoomFull = -24,

    /// <summary>The room is private, and the client has sent no invitation, or one that is not good or has ended.</summary>
    InvitationRequired = -25,

    /// <summary>The message's text is longer than the server allows.</summary>
    MessageTooLong = -30,

    /// <summary>The user is muted. The text says why and until when.</summary>
    Muted = -31,

    /// <summary>The client, or its room as a whole, sends more packets than the server allows. The packet had no effect; the same packet may be accepted later.</summary>
    RateLimited = -40,

    /// <summary>The server cannot resume the session now: it was resumed too often, or too many others are at it. p2: the milliseconds after which the client may try again.</summary>
    TryLater = -41,
}

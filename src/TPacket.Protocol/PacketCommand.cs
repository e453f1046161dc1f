namespace TPacket.Protocol;

/// <summary>
/// What a packet asks for or tells. The values are the wire's. 0 to 8 are the original protocol's, 10 to 255 are TPacket.Net's own,
/// 256 and up belong to the application (docs/protocol.md, Commands).
/// </summary>
/// <remarks>The wire carries any 32-bit value; a value without a name here is still a command that an application may define.</remarks>
public enum PacketCommand
{
    /// <summary>Either direction. No effect; as the first packet of a client its data is the magic string.</summary>
    Nop = 0,

    /// <summary>Client to server. Data: the nick.</summary>
    SetUserNick = 1,

    /// <summary>Client to server. Data: the room's name.</summary>
    SetRoom = 2,

    /// <summary>Server to client. The request with this uid was done. No data.</summary>
    RespOk = 3,

    /// <summary>Server to client. The request with this uid was refused. p1: a negative <see cref="PacketErrorCode"/>; data: a short English text.</summary>
    RespError = 4,

    /// <summary>Server to client. A user is in the room. p1: the user's id; data: the nick.</summary>
    NewUser = 5,

    /// <summary>Server to client. A user has left the room. p1: the user's id; data: the nick.</summary>
    DelUser = 6,

    /// <summary>Both directions. Data: the text. From the server p1 is the sender's user id.</summary>
    NewMsg = 7,

    /// <summary>Server to client. Data: <c>nick: text</c> of an earlier message.</summary>
    LoggedMsg = 8,

    /// <summary>
    /// Client to server. The client wants to receive commands p1 to p2 (both included, 10 or more) from now on.
    /// Nothing from 10 up reaches a client that has not asked for it.
    /// </summary>
    AcceptCommands = 10,

    /// <summary>
    /// Server to client, in a large room. p1: how many members the room has. A client that has accepted it before it entered is told of other members only when they say something.
    /// </summary>
    MemberCount = 11,

    /// <summary>
    /// Client to server: the user outlives its connection from now on. p1: the grace wanted, in milliseconds, 0 for the server's default; data: the token, 32 random bytes. The server's reply has the grace granted in p1
    /// and the user's id in p2.
    /// </summary>
    Session = 12,

    /// <summary>
    /// Client to server, in place of <see cref="SetUserNick"/>: the user of a token is back. p1: the grace wanted; data: the position of the last event that the client has, the token, the next token. The server's reply has
    /// in p1 what follows (0: the missed events, 1: a snapshot, 2: nothing, the user is in no room) and in p2 the user's id.
    /// </summary>
    Resume = 13,

    /// <summary>
    /// Server to client, to one that follows the room's log. p1 and p2: low and high half of the event's offset; data: time, check, then the packets that other clients receive for the event.
    /// </summary>
    Event = 14,

    /// <summary>
    /// Server to client, to one that follows the room's log. p1 is 1 where a snapshot of the room begins (data: its position, then the room's name), and 0 where it ends.
    /// </summary>
    Snapshot = 15,

    /// <summary>Server to client. The connection of a member has dropped (p2 is 1), or the member is back (0). p1: the user's id.</summary>
    Presence = 16,

    /// <summary>Server to client, in answer to a packet that was appended to the room's log. p1 and p2: low and high half of the event's offset; data: time, check.</summary>
    Receipt = 17,

    /// <summary>
    /// Server to client, to one with a session. The server is about to close the connection; the client comes back p1 milliseconds after that. Data: empty, or the address to come back to.
    /// </summary>
    MoveOn = 18,

    /// <summary>Moderator to server. The user is disconnected, and its session ends. p1: the user's id; data: the reason.</summary>
    Kick = 20,

    /// <summary>
    /// Moderator to server. Nobody may have a nick (p2 is 0), or sign in from an address (1) or from where a user comes (2). p1: for how many seconds, 0 for no end; data: the nick, the address or the user's id in decimal digits, then a
    /// line feed and the reason where there is one.
    /// </summary>
    Ban = 21,

    /// <summary>Moderator to server. Lifts a ban. p2: 0 for a nick, 1 for an address; data: the nick or address.</summary>
    Unban = 22,

    /// <summary>Moderator to server. The user of a nick may not speak. p1: for how many seconds, 0 for no end; data: the nick, then a line feed and the reason where there is one.</summary>
    Mute = 23,

    /// <summary>Moderator to server. Lifts a mute. Data: the nick.</summary>
    Unmute = 24,

    /// <summary>
    /// Moderator to server: a message of the moderator's room is deleted. Server to client, to one that has accepted it: a message was deleted. p1 and p2: low and high half of the offset of the message's event.
    /// </summary>
    DeleteMsg = 25,

    /// <summary>
    /// Client to server. Asks for an invitation to the client's private room (p2 is 0) or to a new one (1). p1: for how many seconds, 0 for as long as the server allows. The server's reply has in p1 for how many seconds it is good,
    /// and as data the invitation, which a client sends as the data of <see cref="SetRoom"/>.
    /// </summary>
    Invite = 26,

    /// <summary>
    /// Moderator to server. Asks for the list of bans and mutes. p1: how many entries to skip. The server's reply has in p1 how many entries there are, and as data some of them, as an array in JSON.
    /// </summary>
    ListBans = 27,
}

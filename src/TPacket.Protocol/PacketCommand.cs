namespace TPacket.Protocol;

/// <summary>
/// The command of a packet, with its value on the wire. The original protocol defines 0 to 8, TPacket.Net defines 10 to 255, and applications define 256 and above
/// (docs/protocol.md, Commands).
/// </summary>
/// <remarks>A command on the wire is any 32-bit value. An application's command has a value without a name here.</remarks>
public enum PacketCommand
{
    /// <summary>Both directions. No effect. In the first packet of a client, the data is the magic string.</summary>
    Nop = 0,

    /// <summary>Client to server. Data: the nick.</summary>
    SetUserNick = 1,

    /// <summary>Client to server. Data: the room's name.</summary>
    SetRoom = 2,

    /// <summary>Server to client. The request with this uid has succeeded. No data.</summary>
    RespOk = 3,

    /// <summary>Server to client. The request with this uid was rejected. p1: a <see cref="PacketErrorCode"/>; data: a short English text.</summary>
    RespError = 4,

    /// <summary>Server to client. A user has entered the room or is a member of it. p1: the user's id; data: the nick.</summary>
    NewUser = 5,

    /// <summary>Server to client. A user has left the room. p1: the user's id; data: the nick.</summary>
    DelUser = 6,

    /// <summary>Both directions. A message. Data: the text. From the server, p1: the sender's user id.</summary>
    NewMsg = 7,

    /// <summary>Server to client. A message from the room's history. Data: <c>nick: text</c>.</summary>
    LoggedMsg = 8,

    /// <summary>
    /// Client to server. Subscribes to the commands p1 to p2 inclusive, both 10 or more. A client receives a command of 10 or more only if it has subscribed to that command, or as the reply to its
    /// own command of 10 or more.
    /// </summary>
    AcceptCommands = 10,

    /// <summary>
    /// Server to client, in a large room. p1: the number of members. A client that accepted this command before it entered receives another member's <see cref="NewUser"/> only before that member's
    /// first message.
    /// </summary>
    MemberCount = 11,

    /// <summary>
    /// Client to server. Begins a session, which outlives the connection. p1: the requested grace in milliseconds, 0 for the server's default; data: the token, 32 random bytes. In the server's reply
    /// p1 is the granted grace and p2 the user's id.
    /// </summary>
    Session = 12,

    /// <summary>
    /// Client to server, in place of <see cref="SetUserNick"/>. Resumes the session of a token. p1: the requested grace in milliseconds, 0 for the same as before; data: the position of the client's
    /// last event, the token, the next token. In the server's reply p1 says what follows (0: the missed events, 1: a snapshot, 2: nothing, because the user is in no room) and p2 is the user's id.
    /// </summary>
    Resume = 13,

    /// <summary>
    /// Server to client, to a client that follows the room's log. An event. p1 and p2: low and high half of its offset; data: its time and check, then the packets that other clients receive for it.
    /// </summary>
    Event = 14,

    /// <summary>
    /// Server to client, to a client that follows the room's log. p1: 1 at the beginning of a snapshot of the room (data: its position, then the room's name), 0 at its end.
    /// </summary>
    Snapshot = 15,

    /// <summary>Server to client. The connection of a member has dropped (p2 is 1), or the member has returned (p2 is 0). p1: the user's id.</summary>
    Presence = 16,

    /// <summary>
    /// Server to client. The reply to a packet that was appended to the room's log. p1 and p2: low and high half of the event's offset; data:
    /// its time and check.
    /// </summary>
    Receipt = 17,

    /// <summary>
    /// Server to client, to a client with a session. The server is about to close the connection. p1: the delay in milliseconds after which the client reconnects; data: empty, or the address to
    /// reconnect to.
    /// </summary>
    MoveOn = 18,

    /// <summary>Moderator to server. Disconnects a user and ends its session. p1: the user's id; data: the reason.</summary>
    Kick = 20,

    /// <summary>
    /// Moderator to server. Bans a nick (p2 is 0), an address (p2 is 1) or the address of a user (p2 is 2). p1: the duration in seconds, 0 for no end; data: the nick, the address or the user's id in
    /// decimal digits, then optionally a line feed and the reason.
    /// </summary>
    Ban = 21,

    /// <summary>Moderator to server. Lifts a ban. p2: 0 for a nick, 1 for an address; data: the nick or the address.</summary>
    Unban = 22,

    /// <summary>
    /// Moderator to server. Mutes the user of a nick. p1: the duration in seconds, 0 for no end; data: the nick, then optionally a line feed and the reason.
    /// </summary>
    Mute = 23,

    /// <summary>Moderator to server. Lifts a mute. Data: the nick.</summary>
    Unmute = 24,

    /// <summary>
    /// Both directions. Moderator to server: deletes a message of the moderator's room. Server to client, to a client that has accepted the command: a message was deleted. p1 and p2: low and high
    /// half of the offset of the message's event.
    /// </summary>
    DeleteMsg = 25,

    /// <summary>
    /// Client to server. Requests an invitation to the client's private room (p2 is 0) or to a new private room (p2 is 1). p1: the requested validity in seconds, 0 for the longest that the server
    /// allows. In the server's reply p1 is the validity in seconds and the data is the invitation, which a client sends as the data of <see cref="SetRoom"/>.
    /// </summary>
    Invite = 26,

    /// <summary>
    /// Moderator to server. Requests the list of bans and mutes. p1: the number of entries to skip. In the server's reply p1 is the number of all entries and the data is a JSON array of some of them.
    /// </summary>
    ListBans = 27,
}

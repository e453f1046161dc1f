/**
 * The commands of packets (docs/protocol.md, Commands). 0 to 8 belong to the original protocol, 10 to 255 to TPacket.Net, and 256 and above to the application.
 */
export const PacketCommand = {
  /** Both directions. No effect. In a client's first packet, the data is the magic string. */
  Nop: 0,
  /** Client to server. Data: the nick. */
  SetUserNick: 1,
  /** Client to server. Data: the room's name. */
  SetRoom: 2,
  /** Server to client. The request with this uid has succeeded. */
  RespOk: 3,
  /** Server to client. The request with this uid was refused. p1: a {@link PacketErrorCode}; data: a short English text. */
  RespError: 4,
  /** Server to client. A user is in the room. p1: the user's id; data: the nick. */
  NewUser: 5,
  /** Server to client. A user has left the room. p1: the user's id; data: the nick. */
  DelUser: 6,
  /** Both directions. Data: the text. From the server p1 is the sender's user id. */
  NewMsg: 7,
  /** Server to client. Data: `nick: text` of an earlier message, or an announcement of the host. */
  LoggedMsg: 8,
  /** Client to server. The client accepts the commands from p1 to p2, both included, 10 or more. */
  AcceptCommands: 10,
  /** Server to client, in a large room, if accepted. p1: the number of members. NEW_USER then comes only for members who send messages. */
  MemberCount: 11,
  /**
   * Client to server. Begins a session. p1: the requested grace in ms, 0 for the server's default; data: the token, 32 random bytes.
   * Reply: p1 is the granted grace, p2 the user's id.
   */
  Session: 12,
  /**
   * Client to server, instead of SET_USER_NICK. Resumes a session. p1: the requested grace in ms; data: the position of the last received event, the token,
   * the next token. Reply: p1 is 0 if the missed events follow, 1 if a snapshot follows, 2 if the user is in no room; p2 is the user's id.
   */
  Resume: 13,
  /**
   * Server to client, if the client follows the room's log. p1 and p2: low and high half of the event's offset; data: time, check, then the packets that
   * other clients receive for the event.
   */
  Event: 14,
  /**
   * Server to client, if the client follows the room's log. p1 is 1 at the beginning of a snapshot, and 0 at its end.
   * Data at the beginning: the position of the snapshot, then the room's name.
   */
  Snapshot: 15,
  /** Server to client. A member has gone away (p2 is 1) or returned (0). p1: the user's id. */
  Presence: 16,
  /** Server to client. The answer to an appended packet. p1 and p2: low and high half of the event's offset; data: time, check. */
  Receipt: 17,
  /**
   * Server to client, if the client has a session. The server closes the connection next; the client reconnects p1 ms later.
   * Data: the address for the next connection; empty for the same one.
   */
  MoveOn: 18,
} as const;

/** The codes of RESP_ERROR (docs/protocol.md, Error codes). Always negative; -1000 and below belong to the application. */
export const PacketErrorCode = {
  Unspecified: -1,
  UnknownCommand: -2,
  NotUtf8: -3,
  InvalidArgument: -4,
  HandlerFailed: -5,
  Refused: -6,
  StoreFailed: -7,
  /** The room's store has not answered. The request may have taken effect, or may still do so. */
  Unknown: -8,
  /** The packet's uid is older than all uids that the server remembers. The packet may have been appended already. */
  TooOld: -9,
  NickRequired: -10,
  NickTaken: -11,
  NickInvalid: -12,
  NickTooLong: -13,
  NickChangeNotAllowed: -14,
  /** The server has no session with this token: it has ended or never begun, or belongs to another principal. */
  SessionUnknown: -15,
  /** The nick or the address is banned. The text has the reason and the end. */
  Banned: -16,
  RoomNameInvalid: -20,
  RoomNameTooLong: -21,
  RoomChangeNotAllowed: -22,
  NotInRoom: -23,
  /** The room is full. */
  RoomFull: -24,
  /** The room is private, and the client has sent no invitation, or an invalid or expired one. */
  InvitationRequired: -25,
  MessageTooLong: -30,
  /** The user is muted. The text has the reason and the end. */
  Muted: -31,
  /** The client, or its room as a whole, exceeds the rate limit. */
  RateLimited: -40,
  /** The server cannot resume the session now. p2: the delay before the next attempt in ms. */
  TryLater: -41,
} as const;

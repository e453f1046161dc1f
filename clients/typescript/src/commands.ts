/** What a packet asks for or tells (docs/protocol.md, Commands). 0 to 8 are the original protocol's, 10 to 255 TPacket.Net's own, 256 and up the application's. */
export const PacketCommand = {
  /** Either direction. No effect; as the first packet of a client its data is the magic string. */
  Nop: 0,
  /** Client to server. Data: the nick. */
  SetUserNick: 1,
  /** Client to server. Data: the room's name. */
  SetRoom: 2,
  /** Server to client. The request with this uid was done. */
  RespOk: 3,
  /** Server to client. The request with this uid was refused. p1: a {@link PacketErrorCode}; data: a short English text. */
  RespError: 4,
  /** Server to client. A user is in the room. p1: the user's id; data: the nick. */
  NewUser: 5,
  /** Server to client. A user has left the room. p1: the user's id; data: the nick. */
  DelUser: 6,
  /** Both directions. Data: the text. From the server p1 is the sender's user id. */
  NewMsg: 7,
  /** Server to client. Data: `nick: text` of an earlier message, or what the host announces. */
  LoggedMsg: 8,
  /** Client to server. The client wants to receive commands p1 to p2 (both included, 10 or more) from now on. */
  AcceptCommands: 10,
  /** Server to client, in a large room, if accepted. p1: how many members the room has. Other members are then told of only when they say something. */
  MemberCount: 11,
  /** Client to server: the user outlives its connection from now on. p1: the grace wanted in ms, 0 for the server's default; data: the token, 32 random bytes. The reply has the grace granted in p1 and the user's id in p2. */
  Session: 12,
  /**
   * Client to server, in place of SetUserNick: the user of a token is back. p1: the grace wanted; data: the position of the last event that the client has, the token, the next token. The reply has in p1 what follows (0: the
   * missed events, 1: a snapshot, 2: nothing, the user is in no room) and in p2 the user's id.
   */
  Resume: 13,
  /** Server to client, to one that follows the room's log. p1 and p2: low and high half of the event's offset; data: time, check, then the packets that other clients receive for the event. */
  Event: 14,
  /** Server to client, to one that follows the room's log. p1 is 1 where a snapshot of the room begins (data: its position, then the room's name), and 0 where it ends. */
  Snapshot: 15,
  /** Server to client. The connection of a member has dropped (p2 is 1), or the member is back (0). p1: the user's id. */
  Presence: 16,
  /** Server to client, in answer to a packet that was appended to the room's log. p1 and p2: low and high half of the event's offset; data: time, check. */
  Receipt: 17,
  /** Server to client, to one with a session. The server is about to close the connection; the client comes back p1 ms after that. Data: empty, or the address to come back to. */
  MoveOn: 18,
} as const;

/** Why a request was refused (docs/protocol.md, Error codes). Always negative; -1000 and below are the application's. */
export const PacketErrorCode = {
  Unspecified: -1,
  UnknownCommand: -2,
  NotUtf8: -3,
  InvalidArgument: -4,
  HandlerFailed: -5,
  Refused: -6,
  StoreFailed: -7,
  /** The room's store has not answered: the request may have taken effect, now or later. */
  Unknown: -8,
  /** The packet's uid is older than those that the server remembers; the packet may have been appended before. */
  TooOld: -9,
  NickRequired: -10,
  NickTaken: -11,
  NickInvalid: -12,
  NickTooLong: -13,
  NickChangeNotAllowed: -14,
  /** The server knows no session of this token: it is over, it has never begun, or it is another principal's. */
  SessionUnknown: -15,
  /** The nick or the address is banned; the text says why and until when. */
  Banned: -16,
  RoomNameInvalid: -20,
  RoomNameTooLong: -21,
  RoomChangeNotAllowed: -22,
  NotInRoom: -23,
  /** The room has as many members as it may have. */
  RoomFull: -24,
  /** The room is private, and the client has sent no invitation, or one that is not good or has ended. */
  InvitationRequired: -25,
  MessageTooLong: -30,
  /** The user is muted; the text says why and until when. */
  Muted: -31,
  /** The client, or its room as a whole, sends more packets than the server allows. */
  RateLimited: -40,
  /** The server cannot resume the session now. p2: the ms after which the client may try again. */
  TryLater: -41,
} as const;

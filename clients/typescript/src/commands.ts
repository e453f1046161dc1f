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
  /** Server to client, to one that follows the room's log. p1 and p2: low and high half of the event's offset; data: time, check, then the packets that other clients receive for the event. */
  Event: 14,
  /** Server to client, to one that follows the room's log. p1 is 1 where a snapshot of the room begins (data: its position, then the room's name), and 0 where it ends. */
  Snapshot: 15,
  /** Server to client, in answer to a packet that was appended to the room's log. p1 and p2: low and high half of the event's offset; data: time, check. */
  Receipt: 17,
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
  RoomNameInvalid: -20,
  RoomNameTooLong: -21,
  RoomChangeNotAllowed: -22,
  NotInRoom: -23,
  MessageTooLong: -30,
  /** The client, or its room as a whole, sends more packets than the server allows. */
  RateLimited: -40,
} as const;

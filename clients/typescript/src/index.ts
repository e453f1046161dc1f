export { type ClientEvents, type ClientOptions, type ReconnectOptions, TPacketClient } from './client.js';
export { PacketCommand, PacketErrorCode } from './commands.js';
export type { OutgoingPacket, RequestOptions } from './connection.js';
export { ConnectionError, OverflowError, ProtocolError, RequestError, TimeoutError, TPacketError } from './errors.js';
export type { RoomEvent } from './events.js';
export { decodeText, encodeText, type Packet, type PacketReadStatus, readPacket, writePacket } from './packet.js';
export type { AbortSignalLike, WebSocketConstructor, WebSocketLike } from './platform.js';
export type { Roster, RosterEvents, User } from './roster.js';
export type { ClientState } from './state.js';

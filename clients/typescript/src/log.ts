import { PacketCommand } from './commands.js';
import { headerSize, type Packet, readPacket } from './packet.js';

/** The place of an event in the log of its room. */
export interface LogPlace {
  /** 0, 1, 2 and so on. */
  readonly offset: number;
  /** When the server appended it, by its clock: milliseconds since 1970, as `Date.now()`. */
  readonly time: number;
}

/** How far a client has followed a room's log (docs/protocol.md, Following a room's log). */
export interface LogPosition {
  /** The last event that it has; -1 for none. */
  readonly offset: number;
  /** Epoch, offset and check, as a server gives and takes them. */
  readonly bytes: Uint8Array;
}

export const positionSize = 24;
const placeSize = 16;

/** The position of a client that has no event yet. */
export const noPosition = new Uint8Array(positionSize).fill(0xff, 8, 16);

// Replies are nobody else's, and a log's events do not contain each other.
const noEvents: readonly number[] = [PacketCommand.RespOk, PacketCommand.RespError, PacketCommand.Event, PacketCommand.Snapshot, PacketCommand.Receipt];

/** Exact up to 2^53; beyond, what uses it refuses it. */
const int64 = (low: number, high: number) => high * 2 ** 32 + (low >>> 0);

const viewOf = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.length);

/** What a RECEIPT says, and an EVENT begins with; undefined where it is malformed. */
export function readPlace({ p1, p2, data }: Packet): LogPlace | undefined {
  if (data.length < placeSize) return undefined;
  const view = viewOf(data);
  const offset = int64(p1, p2);
  const time = int64(view.getInt32(0, true), view.getInt32(4, true));
  return offset >= 0 && Number.isSafeInteger(offset) && Math.abs(time) <= 8.64e15 ? { offset, time } : undefined;
}

/** Reads a RECEIPT; undefined where it is malformed. */
export const readReceipt = (packet: Packet): LogPlace | undefined => (packet.data.length === placeSize ? readPlace(packet) : undefined);

/** Reads the packets of an EVENT, in their order; undefined where one of them is malformed. */
export function readPackets({ data }: Packet): Packet[] | undefined {
  const packets: Packet[] = [];
  for (let rest = data.subarray(placeSize); rest.length > 0; ) {
    const size = rest.length < headerSize ? 0 : viewOf(rest).getInt32(8, true);
    const packet = size < headerSize ? undefined : readPacket(rest.subarray(0, size));
    if (typeof packet !== 'object' || noEvents.includes(packet.command)) return undefined;
    packets.push(packet);
    rest = rest.subarray(size);
  }
  return packets;
}

/** Reads the position that a SNAPSHOT begins with, and what is behind it; undefined where it is malformed. */
export function readPosition({ data }: Packet): { position: LogPosition; rest: Uint8Array } | undefined {
  if (data.length < positionSize) return undefined;
  const view = viewOf(data);
  const offset = int64(view.getInt32(8, true), view.getInt32(12, true));
  if (offset < -1 || !Number.isSafeInteger(offset)) return undefined;
  return { position: { offset, bytes: data.slice(0, positionSize) }, rest: data.subarray(positionSize) };
}

/** The position behind an event that follows it. */
export function movePosition({ bytes }: LogPosition, { offset }: LogPlace, { p1, p2, data }: Packet): LogPosition {
  const moved = bytes.slice();
  viewOf(moved).setInt32(8, p1, true);
  viewOf(moved).setInt32(12, p2, true);
  moved.set(data.subarray(8, placeSize), 16);
  return { offset, bytes: moved };
}

import { PacketCommand } from './commands.js';
import { headerSize, type Packet, readPacket } from './packet.js';

/** The offset and the time of an event in its room's log. */
export interface LogPlace {
  /** From 0. */
  readonly offset: number;
  /** The time at which the server appended the event, by the server's clock, in milliseconds since 1970 as `Date.now()`. */
  readonly time: number;
}

/** A client's position in a room's log (docs/protocol.md, Following a room's log). */
export interface LogPosition {
  /** The offset of the last received event; -1 for none. */
  readonly offset: number;
  /** Epoch, offset and check, as on the wire. */
  readonly bytes: Uint8Array;
}

export const positionSize = 24;
const placeSize = 16;

/** The position of a client without events. */
export const noPosition = new Uint8Array(positionSize).fill(0xff, 8, 16);

// Replies belong to one client, and events of the log are not nested.
const noEvents: readonly number[] = [PacketCommand.RespOk, PacketCommand.RespError, PacketCommand.Event, PacketCommand.Snapshot, PacketCommand.Receipt];

/** Returns a 64-bit integer from its halves, exact up to 2^53. Callers reject larger values. */
const int64 = (low: number, high: number) => high * 2 ** 32 + (low >>> 0);

const viewOf = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.length);

/** Reads the beginning of a RECEIPT or an EVENT; returns undefined if the packet is malformed. */
export function readPlace({ p1, p2, data }: Packet): LogPlace | undefined {
  if (data.length < placeSize) return undefined;
  const view = viewOf(data);
  const offset = int64(p1, p2);
  const time = int64(view.getInt32(0, true), view.getInt32(4, true));
  return offset >= 0 && Number.isSafeInteger(offset) && Math.abs(time) <= 8.64e15 ? { offset, time } : undefined;
}

/** Reads a RECEIPT; returns undefined if the packet is malformed. */
export const readReceipt = (packet: Packet): LogPlace | undefined => (packet.data.length === placeSize ? readPlace(packet) : undefined);

/** Reads the packets of an EVENT in order; returns undefined if one of them is malformed. */
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

/** Reads the position at the beginning of a SNAPSHOT, and the rest; returns undefined if the packet is malformed. */
export function readPosition({ data }: Packet): { position: LogPosition; rest: Uint8Array } | undefined {
  if (data.length < positionSize) return undefined;
  const view = viewOf(data);
  const offset = int64(view.getInt32(8, true), view.getInt32(12, true));
  if (offset < -1 || !Number.isSafeInteger(offset)) return undefined;
  return { position: { offset, bytes: data.slice(0, positionSize) }, rest: data.subarray(positionSize) };
}

/** Returns the position after the next event. */
export function movePosition({ bytes }: LogPosition, { offset }: LogPlace, { p1, p2, data }: Packet): LogPosition {
  const moved = bytes.slice();
  viewOf(moved).setInt32(8, p1, true);
  viewOf(moved).setInt32(12, p2, true);
  moved.set(data.subarray(8, placeSize), 16);
  return { offset, bytes: moved };
}

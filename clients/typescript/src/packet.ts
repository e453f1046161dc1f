import { platform } from './platform.js';

/** The length of a header in bytes. */
export const headerSize = 24;

/** A packet (docs/protocol.md, Packet). All numbers are signed 32-bit integers. */
export interface Packet {
  /** The client chooses a uid for each packet that it sends. A reply has the uid of its request; all other packets of the server have -1. */
  readonly uid: number;
  readonly command: number;
  readonly p1: number;
  readonly p2: number;
  /** In a packet that was read: a view of the message, which is not copied. */
  readonly data: Uint8Array;
}

/** The reasons why a message is not a packet. */
export type PacketReadStatus =
  /** The first four bytes are not the signature. */
  | 'BadSignature'
  /** The size is negative, or less than the header's. */
  | 'SizeTooSmall'
  /** The size exceeds the limit. */
  | 'SizeTooLarge'
  /** The size differs from the length of the message. */
  | 'SizeMismatch'
  /** The message is shorter than a header. */
  | 'Truncated';

// "Ej8@" as a little-endian number.
const signature = 0x40386a45;
const signatureBytes = [0x45, 0x6a, 0x38, 0x40];

/**
 * Reads a WebSocket message, which must be exactly one packet. Never throws, whatever the bytes are.
 * @returns The packet, whose data is a view of the message; or the reason why the message is no packet.
 * @param maxLength The maximum length of a packet in bytes, header included.
 */
export function readPacket(message: Uint8Array, maxLength = 0x7fffffff): Packet | PacketReadStatus {
  if (message.length < headerSize)
    return signatureBytes.every((byte, at) => at >= message.length || message[at] === byte) ? 'Truncated' : 'BadSignature';
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const field = (at: number) => view.getInt32(at, true);
  if (field(0) !== signature) return 'BadSignature';
  const size = field(8);
  if (size < headerSize) return 'SizeTooSmall';
  if (size > maxLength) return 'SizeTooLarge';
  if (size !== message.length) return 'SizeMismatch';
  return { uid: field(4), command: field(12), p1: field(16), p2: field(20), data: message.subarray(headerSize) };
}

/**
 * Writes a packet as one message.
 * @returns A new array.
 * @throws RangeError A number is not a signed 32-bit integer.
 */
export function writePacket({ uid, command, p1, p2, data }: Packet): Uint8Array {
  const message = new Uint8Array(headerSize + data.length);
  const view = new DataView(message.buffer);
  [signature, uid, message.length, command, p1, p2].forEach((field, i) => {
    if (field !== (field | 0)) throw new RangeError(`${field} is no 32-bit integer.`);
    view.setInt32(i * 4, field, true);
  });
  message.set(data, headerSize);
  return message;
}

const encoder = new platform.TextEncoder();
const decoder = new platform.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Encodes text as UTF-8. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/**
 * Decodes the data as text.
 * @throws TypeError The data is not UTF-8.
 */
export const decodeText = (data: Uint8Array): string => decoder.decode(data);

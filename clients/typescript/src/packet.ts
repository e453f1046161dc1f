import { platform } from './platform.js';

/** Length of a header in bytes. */
export const headerSize = 24;

/** The uid of what the server sends unasked. */
export const unasked = -1;

/** A packet (docs/protocol.md, Packet). The numbers are signed, of 32 bits. */
export interface Packet {
  /** Chosen by the client for each request; a reply carries its request's, what the server sends unasked carries -1. */
  readonly uid: number;
  readonly command: number;
  readonly p1: number;
  readonly p2: number;
  /** A view into the message that it came in. */
  readonly data: Uint8Array;
}

/** Why a message is no packet. */
export type PacketReadStatus =
  /** The first four bytes are not the signature. */
  | 'BadSignature'
  /** The size is less than a header's, or negative. */
  | 'SizeTooSmall'
  /** The size is more than the limit. */
  | 'SizeTooLarge'
  /** The size is not the length of the message. */
  | 'SizeMismatch'
  /** The message is shorter than a header. */
  | 'Truncated';

// "Ej8@", as the little-endian number that it is read as.
const signature = 0x40386a45;
const signatureBytes = [0x45, 0x6a, 0x38, 0x40];

/**
 * Reads a WebSocket message, which has to be exactly one packet. Never throws for what the bytes are.
 * @param maxLength Longest packet accepted, header included, in bytes.
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
 * Writes a packet.
 * @throws RangeError A number is no integer of 32 bits.
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

export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/**
 * The data as text.
 * @throws TypeError It is no UTF-8.
 */
export const decodeText = (data: Uint8Array): string => decoder.decode(data);

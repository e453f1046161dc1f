// Messages of any length that both sides of a test can make and tell apart. The same as Message.cs; Node and the page share this file.

const unit = new TextEncoder().encode('aß€😀');

/** Text of so many bytes: characters of one to four bytes, and 'z' for the rest. */
export function text(length) {
  const bytes = new Uint8Array(length).fill(0x7a);
  const end = length - (length % unit.length);
  for (let at = 0; at < end; at += unit.length) bytes.set(unit, at);
  return bytes;
}

/** Bytes that do not compress: the high ones of a linear congruential generator. */
export function binary(length) {
  const bytes = new Uint8Array(length);
  let state = length;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** One line for what has arrived: a string, or the bytes of a binary message. */
export async function describe(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join('');
  return `${typeof data === 'string' ? 'text' : 'binary'} ${bytes.length} ${hex}`;
}

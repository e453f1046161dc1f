// Messages of any length, which both sides of a test create and compare. Does the same as Message.cs. Node and the page share this file.

const characters = [...'aß€😀'].map(character => new TextEncoder().encode(character));

// A linear congruential generator. Its high bits are random enough here.
const next = state => (Math.imul(state, 1664525) + 1013904223) | 0;

/** Returns text of a length in bytes that compresses well: four characters of one to four bytes in random order, and 'z' where the next one does not fit. */
export function text(length) {
  const bytes = new Uint8Array(length).fill(0x7a);
  for (let at = 0, state = next(length); ; state = next(state)) {
    const character = characters[state >>> 30];
    if (at + character.length > length) return bytes;
    for (let i = 0; i < character.length; i++) bytes[at++] = character[i];
  }
}

/** Returns bytes that do not compress. */
export function binary(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = next(length); at < length; at++, state = next(state)) bytes[at] = state >>> 24;
  return bytes;
}

/** Returns the line that describes a received message: a string, or the bytes of a binary message. */
export async function describe(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join('');
  return `${typeof data === 'string' ? 'text' : 'binary'} ${bytes.length} ${hex}`;
}

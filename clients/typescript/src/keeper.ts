import { mostAppends } from './appends.js';
import { claim } from './claim.js';
import { firstUid } from './connection.js';
import type { SessionStore } from './options.js';
import { readPacket } from './packet.js';
import { tokenSize, type UserSession } from './session.js';

/** The id names the session among the pages of the origin; it is no secret. */
type Kept = readonly [id: string, nick: string, token: string, nextUid: number, packets: readonly string[]];

const textOf = (bytes: Uint8Array) => bytes.reduce((text, byte) => text + String.fromCharCode(byte), '');
const bytesOf = (text: string) => Uint8Array.from(text, char => char.charCodeAt(0));

/**
 * Keeps a session for the page that is loaded next: token, counter of uids, and the packets that wait for their receipts. A tab that was duplicated has a copy of `sessionStorage`, so each session is claimed by one page.
 */
export class Keeper {
  // Claimed by this page; empty for none yet.
  #id = '';

  constructor(
    readonly store: SessionStore,
    readonly key: string,
    readonly uids: { next: number },
  ) {}

  /**
   * Takes over what the page before has kept, unless another page has claimed it, or it is another nick's.
   * @param user Is filled in.
   */
  async restore(nick: string, user: UserSession): Promise<void> {
    try {
      const [id, keptNick, token, uid, kept] = JSON.parse(this.store.getItem(this.key)!) as Kept;
      const packets = kept.slice(0, mostAppends).map(bytesOf);
      if (keptNick !== nick || token.length !== tokenSize || uid < firstUid || uid !== (uid | 0) || !(await claim(this.key + id))) return;
      this.#id = id;
      this.uids.next = uid;
      user.token = bytesOf(token);
      for (const bytes of packets) {
        const packet = readPacket(bytes);
        if (typeof packet === 'object') void user.appends.add(packet.uid, bytes);
      }
    } catch {
      // Nothing is kept, or nothing of this client.
    }
  }

  /** Keeps a session, or nothing where there is none. */
  save(nick: string, { token, appends }: UserSession): void {
    if (!token) return attempt(() => this.store.removeItem(this.key));
    // Nobody else knows a name that is drawn here.
    if (!this.#id) void claim(this.key + (this.#id = `${Math.random()}`));
    const write = (packets: readonly string[]) => this.store.setItem(this.key, JSON.stringify([this.#id, nick, textOf(token), this.uids.next, packets] satisfies Kept));
    try {
      write(appends.packets.map(textOf));
    } catch {
      // Where the packets are too much for the store, the session alone is kept.
      attempt(() => write([]));
    }
  }
}

/** Does what a page may not be allowed to do. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing is kept then.
  }
}

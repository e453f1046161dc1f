import { maxAppends } from './appends.js';
import { claim } from './claim.js';
import { firstUid } from './connection.js';
import type { SessionStore } from './options.js';
import { readPacket } from './packet.js';
import { tokenSize, type UserSession } from './session.js';

/** The stored session. The id, which is not secret, names it among the pages of the origin. */
type Kept = readonly [id: string, nick: string, token: string, nextUid: number, packets: readonly string[]];

const textOf = (bytes: Uint8Array) => bytes.reduce((text, byte) => text + String.fromCharCode(byte), '');
const bytesOf = (text: string) => Uint8Array.from(text, char => char.charCodeAt(0));

/**
 * Stores a session for the next page in the tab: token, counter of uids, and packets that wait for receipts.
 * A duplicated tab has a copy of `sessionStorage`, so each page claims its session.
 */
export class Keeper {
  // The id that this page has claimed; empty for none.
  #id = '';

  constructor(
    readonly store: SessionStore,
    readonly key: string,
    readonly uids: { next: number },
  ) {}

  /**
   * Restores the session of the previous page, unless another page has claimed it or it belongs to another nick.
   * @param user Receives the session.
   */
  async restore(nick: string, user: UserSession): Promise<void> {
    try {
      const [id, keptNick, token, uid, kept] = JSON.parse(this.store.getItem(this.key)!) as Kept;
      const packets = kept.slice(0, maxAppends).map(bytesOf);
      if (keptNick !== nick || token.length !== tokenSize || uid < firstUid || uid !== (uid | 0) || !(await claim(this.key + id))) return;
      this.#id = id;
      this.uids.next = uid;
      user.token = bytesOf(token);
      for (const bytes of packets) {
        const packet = readPacket(bytes);
        if (typeof packet === 'object') void user.appends.add(packet.uid, bytes);
      }
    } catch {
      // The store has no session, or a value that is no session.
    }
  }

  /** Stores the session, or removes it if there is none. */
  save(nick: string, { token, appends }: UserSession): void {
    if (!token) return attempt(() => this.store.removeItem(this.key));
    // The name is new, so the claim cannot fail.
    if (!this.#id) void claim(this.key + (this.#id = `${Math.random()}`));
    const write = (packets: readonly string[]) => this.store.setItem(this.key, JSON.stringify([this.#id, nick, textOf(token), this.uids.next, packets] satisfies Kept));
    try {
      write(appends.packets.map(textOf));
    } catch {
      // If the packets are too large for the store, only the session is kept.
      attempt(() => write([]));
    }
  }
}

/** Runs a function of the store, and ignores exceptions: the page may not be allowed to use it. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // The session does not survive the page.
  }
}

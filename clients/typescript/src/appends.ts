import { PacketCommand, PacketErrorCode } from './commands.js';
import type { Packet } from './packet.js';
import { platform, type Timer } from './platform.js';

/** Most packets that wait for their receipts (docs/protocol.md, Receipts). */
export const mostAppends = 128;

// Milliseconds before a packet is sent again of which the server does not know whether it was appended; it has waited for its store by then.
const pause = 500;

/**
 * The packets of a connection that wait for their receipts. RESP_ERROR -8 says that a packet was perhaps appended; until the same packet has been sent again, the server answers later ones with -8, too. So from
 * there one packet at a time is sent again, the oldest first, until there is an answer to each that was sent before the last -8. The .NET client has the same in Appends.cs.
 */
export class Appends {
  // In the order of their uids.
  readonly #waiting = new Map<number, Uint8Array>();
  #lastSent = 0;
  // The last uid that the server may have answered with -8; 0 for none.
  #inDoubtUntil = 0;
  #timer: Timer;

  /**
   * @param post Sends a packet.
   * @param timeout Milliseconds for an answer to a packet that is sent again.
   */
  constructor(
    readonly post: (bytes: Uint8Array) => void,
    readonly timeout: number,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds a packet, and sends it unless it has to wait. */
  add(uid: number, bytes: Uint8Array): void {
    this.#waiting.set(uid, bytes);
    if (this.#inDoubtUntil === 0) this.#post(uid, bytes);
  }

  /**
   * Takes an answer.
   * @returns False where whoever waits for it has to wait on: the packet is sent again.
   */
  answer({ uid, command, p1 }: Packet): boolean {
    const isOldest = this.#first() === uid;
    if (command === PacketCommand.RespError && p1 === PacketErrorCode.Unknown) {
      this.#inDoubtUntil = this.#lastSent;
      if (isOldest) this.#repeatIn(pause);
      return false;
    }
    this.#waiting.delete(uid);
    if (isOldest && this.#inDoubtUntil > 0) this.#repeat();
    return true;
  }

  has(uid: number): boolean {
    return this.#waiting.has(uid);
  }

  /** Nothing is sent any more. */
  end(): void {
    platform.clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #first(): number | undefined {
    return this.#waiting.keys().next().value;
  }

  #post(uid: number, bytes: Uint8Array): void {
    this.#lastSent = Math.max(this.#lastSent, uid);
    this.post(bytes);
  }

  #repeatIn(delay: number): void {
    platform.clearTimeout(this.#timer);
    this.#timer = platform.setTimeout(() => this.#repeat(), delay);
  }

  #repeat(): void {
    platform.clearTimeout(this.#timer);
    const uid = this.#first();
    if (uid !== undefined && uid <= this.#inDoubtUntil) {
      this.#repeatIn(this.timeout);
      return this.#post(uid, this.#waiting.get(uid)!);
    }
    this.#inDoubtUntil = 0;
    for (const [unsent, bytes] of this.#waiting) this.#post(unsent, bytes);
  }
}

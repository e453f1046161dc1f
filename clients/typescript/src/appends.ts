import { PacketCommand, PacketErrorCode } from './commands.js';
import type { Packet } from './packet.js';
import { platform, type Timer } from './platform.js';

/** Most packets that wait for their receipts (docs/protocol.md, Receipts). */
export const mostAppends = 128;

// Milliseconds before a packet is sent again of which the server does not know whether it was appended; it has waited for its store by then.
const pause = 500;
// How often the pause doubles after RESP_ERROR -40: up to 8 s. A server closes a client that it refuses for 10 s without a break of 4 s.
const doublings = 4;

/**
 * The packets of a connection that wait for their receipts. RESP_ERROR -8 says that a packet was perhaps appended; until the same packet has been sent again, the server answers later ones with -8, too. So from
 * there one packet at a time is sent again, the oldest first, until there is an answer to each that was sent before the last -8. RESP_ERROR -40 for a packet in doubt refuses only the repetition: the packet is sent again after a pause, which doubles with each -40, and
 * later packets keep waiting. The .NET client has the same in Appends.cs.
 */
export class Appends {
  // In the order of their uids.
  readonly #waiting = new Map<number, Uint8Array>();
  // Those that the server may have appended, whatever it answers next: it has said so (-8), or has them twice.
  readonly #inDoubt = new Set<number>();
  #lastSent = 0;
  // The last uid that the server may have answered with -8; 0 for none.
  #inDoubtUntil = 0;
  #timer: Timer;
  // Since the oldest was answered otherwise.
  #limited = 0;

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
    const code = command === PacketCommand.RespError ? p1 : 0;
    const isLimited = code === PacketErrorCode.RateLimited && this.#inDoubt.has(uid);
    if (isLimited || code === PacketErrorCode.Unknown) {
      this.#inDoubt.add(uid);
      this.#inDoubtUntil = this.#lastSent;
      if (!isOldest) return false;
      this.#repeatIn(isLimited ? pause << this.#limited : pause);
      this.#limited = isLimited ? Math.min(this.#limited + 1, doublings) : 0;
      return false;
    }
    this.#waiting.delete(uid);
    this.#inDoubt.delete(uid);
    if (!isOldest) return true;
    this.#limited = 0;
    if (this.#inDoubtUntil > 0) this.#repeat();
    return true;
  }

  has(uid: number): boolean {
    return this.#waiting.has(uid);
  }

  /** Nothing is sent any more. */
  end(): void {
    platform.clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#inDoubt.clear();
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
      this.#inDoubt.add(uid);
      return this.#post(uid, this.#waiting.get(uid)!);
    }
    this.#inDoubtUntil = 0;
    for (const [unsent, bytes] of this.#waiting) this.#post(unsent, bytes);
  }
}

import { PacketCommand, PacketErrorCode } from './commands.js';
import { startDeadline } from './deadline.js';
import { TimeoutError } from './errors.js';
import type { Receipt } from './events.js';
import { readReceipt } from './log.js';
import type { Packet } from './packet.js';
import { platform, type Timer } from './platform.js';

/** Most packets that wait for their receipts (docs/protocol.md, Receipts). */
export const mostAppends = 128;

// Milliseconds before a packet is sent again of which the server does not know whether it was appended; it has waited for its store by then.
const pause = 500;
// How often the pause doubles after RESP_ERROR -40: up to 8 s. A server closes a client that it refuses for 10 s without a break of 4 s.
const doublings = 4;

export type Settle = (error: Error | undefined, reply?: Packet) => void;

interface Append {
  readonly bytes: Uint8Array;
  readonly settle: Settle;
  /** Whether the server may have appended it, whatever it answers next: it has said so (-8), or has it twice. */
  inDoubt?: boolean;
  /** Ends the wait of whoever waits; missing while there is no connection. */
  cancel?: (() => void) | undefined;
}

/**
 * The packets of a user that wait for their receipts. A user with a session keeps them while it has no connection, and sends them again on the next one.
 * RESP_ERROR -8 says that a packet was perhaps appended; until the same packet has been sent again, the server answers later ones with -8, too. So from
 * there one packet at a time is sent again, the oldest first, until there is an answer to each that was sent before the last -8. RESP_ERROR -40 for a packet in doubt refuses only the repetition: the packet is sent again
 * after a pause, which doubles with each -40, and later packets keep waiting. The .NET client has the same in AppendQueue.cs.
 */
export class Appends {
  // In the order of their uids.
  readonly #waiting = new Map<number, Append>();
  // Missing while there is no connection.
  #send: ((bytes: Uint8Array) => void) | undefined;
  #lastSent = 0;
  // The last uid that the server may have answered with -8; 0 for none.
  #inDoubtUntil = 0;
  #timer: Timer;
  // Since the oldest was answered otherwise.
  #limited = 0;

  /**
   * @param timeout Milliseconds for an answer.
   * @param changed Is called when other packets wait.
   */
  constructor(
    readonly timeout: number,
    readonly changed: () => void,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** The packets, in the order of their uids. */
  get packets(): Uint8Array[] {
    return [...this.#waiting.values()].map(({ bytes }) => bytes);
  }

  /** Takes a connection, and sends what waits again, the oldest first. The time for an answer begins anew. */
  attach(send: (bytes: Uint8Array) => void): void {
    this.#send = send;
    this.#lastSent = this.#inDoubtUntil = this.#limited = 0;
    for (const [uid, append] of this.#waiting) {
      append.inDoubt = true;
      this.#start(append);
      this.#post(uid, append);
    }
  }

  /** The connection has ended: what waits is kept for the next one, and no time passes. */
  detach(): void {
    this.#send = undefined;
    platform.clearTimeout(this.#timer);
    for (const { cancel } of this.#waiting.values()) cancel?.();
  }

  /** Adds a packet, and sends it unless it has to wait. Nobody has to look at what is returned. */
  add(uid: number, bytes: Uint8Array): Promise<Receipt> {
    const receipt = new Promise<Receipt>((resolve, reject) => {
      const append: Append = {
        bytes,
        settle: (error, reply) => (error ? reject(error) : resolve({ uid, ...(reply!.command === PacketCommand.Receipt && readReceipt(reply!)) })),
      };
      this.#waiting.set(uid, append);
      if (!this.#send) return;
      this.#start(append);
      if (this.#inDoubtUntil === 0) this.#post(uid, append);
    });
    receipt.catch(() => {});
    this.changed();
    return receipt;
  }

  /**
   * Takes an answer.
   * @returns What settles the packet; undefined where whoever waits for it has to wait on: the packet is sent again.
   */
  answer({ uid, command, p1 }: Packet): Settle | undefined {
    const isOldest = this.#first() === uid;
    const code = command === PacketCommand.RespError ? p1 : 0;
    const append = this.#waiting.get(uid)!;
    const isLimited = code === PacketErrorCode.RateLimited && append.inDoubt;
    if (isLimited || code === PacketErrorCode.Unknown) {
      append.inDoubt = true;
      this.#inDoubtUntil = this.#lastSent;
      if (!isOldest) return undefined;
      this.#repeatIn(isLimited ? pause << this.#limited : pause);
      this.#limited = isLimited ? Math.min(this.#limited + 1, doublings) : 0;
      return undefined;
    }
    const { cancel, settle } = append;
    cancel?.();
    this.#waiting.delete(uid);
    this.changed();
    if (isOldest) {
      this.#limited = 0;
      if (this.#inDoubtUntil > 0) this.#repeat();
    }
    return settle;
  }

  has(uid: number): boolean {
    return this.#waiting.has(uid);
  }

  /** No answer comes any more. */
  lose(error: Error): void {
    this.detach();
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { settle } of lost) settle(error);
  }

  #first(): number | undefined {
    return this.#waiting.keys().next().value;
  }

  #start(append: Append): void {
    append.cancel?.();
    append.cancel = startDeadline(this.timeout, () => append.settle(new TimeoutError(`No receipt within ${this.timeout} ms.`)));
  }

  #post(uid: number, { bytes }: Append): void {
    this.#lastSent = Math.max(this.#lastSent, uid);
    this.#send!(bytes);
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
      const append = this.#waiting.get(uid)!;
      append.inDoubt = true;
      return this.#post(uid, append);
    }
    this.#inDoubtUntil = 0;
    for (const [unsent, append] of this.#waiting) this.#post(unsent, append);
  }
}

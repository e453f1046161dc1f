import { PacketCommand, PacketErrorCode } from './commands.js';
import { startDeadline } from './deadline.js';
import { TimeoutError } from './errors.js';
import type { Receipt } from './events.js';
import { readReceipt } from './log.js';
import type { Packet } from './packet.js';
import { platform, type Timer } from './platform.js';

/** The maximum number of packets that wait for receipts (docs/protocol.md, Receipts). */
export const maxAppends = 128;

// The pause in milliseconds before the client repeats the oldest packet after RESP_ERROR -8.
// It can be short, because the server has waited for its store before it answered.
const pause = 500;
// The pause doubles up to 8 s after RESP_ERROR -40. A server closes a client that exceeds its rate for 10 s without a break of 4 s.
const doublings = 4;

/** Settles a promise with an error or a reply. */
export type Settle = (error: Error | undefined, reply?: Packet) => void;

interface Append {
  readonly bytes: Uint8Array;
  readonly settle: Settle;
  /** Whether the server may have appended the packet already: the server has answered -8, or the client has sent the packet twice. */
  inDoubt?: boolean;
  /** Stops the deadline; missing while there is no connection. */
  cancel?: (() => void) | undefined;
}

/**
 * The packets of a user that wait for receipts. With a session, the client keeps them while there is no connection, and sends them again on the next one.
 * RESP_ERROR -8 says that the server does not know whether it has appended a packet.
 * Until the client repeats this packet, the server answers later packets with -8 too. The client therefore sends one packet at a time from then on,
 * the oldest first, until every packet that was sent before the last -8 has an answer. RESP_ERROR -40 for a repeated packet refuses the repetition only:
 * the client sends the packet again after a pause, which doubles with each -40, and later packets wait. AppendQueue.cs of the .NET client does the same.
 */
export class Appends {
  // Ordered by uid.
  readonly #waiting = new Map<number, Append>();
  // Missing while there is no connection.
  #send: ((bytes: Uint8Array) => void) | undefined;
  // The largest uid that was sent on this connection.
  #lastSent = 0;
  // The last uid that the server may have answered with -8; 0 for none.
  #inDoubtUntil = 0;
  #timer: Timer;
  // The exponent of the pause after the next -40: the number of -40 in a row for the oldest packet, at most `doublings`.
  #limited = 0;

  /**
   * @param timeout The time for an answer in milliseconds.
   * @param changed Called when the packets have changed.
   */
  constructor(
    readonly timeout: number,
    readonly changed: () => void,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Returns the packets, ordered by uid. */
  get packets(): Uint8Array[] {
    return [...this.#waiting.values()].map(({ bytes }) => bytes);
  }

  /** Uses a new connection, and sends all packets again, the oldest first. Deadlines restart. */
  attach(send: (bytes: Uint8Array) => void): void {
    this.#send = send;
    this.#lastSent = this.#inDoubtUntil = this.#limited = 0;
    for (const [uid, append] of this.#waiting) {
      append.inDoubt = true;
      this.#startDeadline(append);
      this.#post(uid, append);
    }
  }

  /** Handles the end of a connection: keeps the packets for the next one, and stops their deadlines. */
  detach(): void {
    this.#send = undefined;
    platform.clearTimeout(this.#timer);
    for (const { cancel } of this.#waiting.values()) cancel?.();
  }

  /** Adds a packet, and sends it unless it has to wait. The caller may ignore the promise. */
  add(uid: number, bytes: Uint8Array): Promise<Receipt> {
    const receipt = new Promise<Receipt>((resolve, reject) => {
      const append: Append = {
        bytes,
        settle: (error, reply) => (error ? reject(error) : resolve({ uid, ...(reply!.command === PacketCommand.Receipt && readReceipt(reply!)) })),
      };
      this.#waiting.set(uid, append);
      if (!this.#send) return;
      this.#startDeadline(append);
      if (this.#inDoubtUntil === 0) this.#post(uid, append);
    });
    receipt.catch(() => {});
    this.changed();
    return receipt;
  }

  /**
   * Handles an answer.
   * @returns The function that settles the packet's promise; undefined if the packet is sent again.
   */
  answer({ uid, command, p1 }: Packet): Settle | undefined {
    const isOldest = this.#oldest() === uid;
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

  /** Fails all packets. */
  failAll(error: Error): void {
    this.detach();
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { settle } of lost) settle(error);
  }

  #oldest(): number | undefined {
    return this.#waiting.keys().next().value;
  }

  #startDeadline(append: Append): void {
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
    const uid = this.#oldest();
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

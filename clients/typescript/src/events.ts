import { OverflowError, type RequestError } from './errors.js';
import type { Packet } from './packet.js';
import type { User } from './roster.js';

/** The server's answer to a packet that it has appended to the room's log. */
export interface Receipt {
  /** The packet's, as in a `refused`. */
  readonly uid: number;
  /** The event's place in the room's log, as that of the same message when it comes back; missing where the server gives no receipts, or the client does not follow the log. */
  readonly offset?: number;
  /** When the server appended the packet, by its clock: milliseconds since 1970. Missing where `offset` is. */
  readonly time?: number;
}

/** Something that happens in a room, in the order that all of its members see. */
export type RoomEvent = AnyEvent & {
  /**
   * The event's place in the room's log: 0, 1, 2 and so on. It rises from one event to the next, except for history, and may skip numbers. Missing where the client does not follow the log, and for what is
   * not part of it: `entered`, `refused`, and packets for this client alone.
   */
  readonly offset?: number;
  /** When the event was appended to the log, by the server's clock: milliseconds since 1970, as `Date.now()`. Missing where `offset` is. */
  readonly time?: number;
};

type AnyEvent =
  | {
      /** The client is in the room; the roster is complete. What was heard of the room before is past: its history follows. */
      readonly type: 'entered';
      readonly room: string;
      /** Whether this is the same room: after a reconnect, or because the server has begun the room's log anew. */
      readonly again: boolean;
    }
  | {
      readonly type: 'message';
      /** Who said it; missing for what the host announces, and for the history of a log that the client does not follow. May have left. */
      readonly sender?: User;
      /** The text; for history of a log that the client does not follow, `nick: text`, which may be cut. */
      readonly text: string;
      /** Whether it was said before the client came. */
      readonly history: boolean;
    }
  | { readonly type: 'joined'; readonly user: User }
  | { readonly type: 'left'; readonly user: User }
  /** The connection of another user has dropped; the user stays in the room until it is back, or its grace is over. */
  | { readonly type: 'away'; readonly user: User }
  /** Another user, who was away, has a connection again. */
  | { readonly type: 'returned'; readonly user: User }
  | {
      /** What `say` or `send` has sent was refused. */
      readonly type: 'refused';
      readonly error: RequestError;
    }
  | {
      /** Anything else: the application's packets. */
      readonly type: 'packet';
      readonly packet: Packet;
    };

/** Events that wait to be iterated over. There is a bound; past it the iteration fails, since a stream from which something is missing would be worse. */
export class EventQueue implements AsyncIterableIterator<RoomEvent> {
  #events: RoomEvent[] = [];
  #readers: { resolve(result: IteratorResult<RoomEvent, void>): void; reject(error: unknown): void }[] = [];
  #ended = false;
  #error: Error | undefined;

  /** @param left Is called once, when nothing is taken any more. */
  constructor(
    readonly capacity: number,
    readonly left: (queue: EventQueue) => void,
  ) {}

  push(event: RoomEvent): void {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else if (this.#events.length < this.capacity) this.#events.push(event);
    else this.end(new OverflowError(`More than ${this.capacity} events have waited for their reader.`));
  }

  /** What waits is still read, then the error thrown. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.left(this);
    for (const reader of this.#readers.splice(0)) void this.#finish().then(reader.resolve, reader.reject);
  }

  next(): Promise<IteratorResult<RoomEvent, void>> {
    const value = this.#events.shift();
    if (value) return Promise.resolve({ done: false, value });
    if (this.#ended) return this.#finish();
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<RoomEvent, void>> {
    this.#events = [];
    this.end();
    return this.#finish();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // The error is thrown once.
  async #finish(): Promise<IteratorResult<RoomEvent, void>> {
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    return { done: true, value: undefined };
  }
}

import type { RoomEvent } from '../events.js';
import { OverflowError } from './overflow-error.js';

/**
 * The bounded buffer of an iteration over events. If the buffer is full when an event arrives, the iteration fails, so that it never loses an event silently.
 */
export class EventQueue implements AsyncIterableIterator<RoomEvent> {
  #events: RoomEvent[] = [];
  #readers: { resolve(result: IteratorResult<RoomEvent, void>): void; reject(error: unknown): void }[] = [];
  #ended = false;
  #error: Error | undefined;

  /** @param onEnd Called once, at the end of the iteration. */
  constructor(
    readonly capacity: number,
    readonly onEnd: () => void,
  ) {}

  push(event: RoomEvent): void {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else if (this.#events.length < this.capacity) this.#events.push(event);
    else this.end(new OverflowError(`More than ${this.capacity} events have waited for their reader.`));
  }

  /** Ends the iteration after the buffered events, with an error if there is one. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.onEnd();
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

import type { GameClock, GameSeat } from './view.js';

// The upper limit of one sample, in milliseconds. The answer to a packet that was sent again can take much longer than a round trip.
const maxLag = 1000;
const weight = 0.3;

/**
 * Estimates the server's time. An event carries the time at which the server appended it, and arrives after a delay.
 * The event with the shortest delay gives the best estimate of the local clock's offset.
 * @param local Returns the local monotonic time in milliseconds.
 */
export class ServerTime {
  // The offset of the local clock from the server's, plus the delay of the fastest event; undefined before the first event.
  #offset: number | undefined;
  // An upper limit of the offset, from times of the server that are known to be past.
  #maxOffset = 0;
  #lag = 0;

  constructor(readonly local: () => number) {}

  /** The estimated time of the server, in milliseconds since 1970. */
  get now(): number {
    return this.local() - (this.#offset ?? this.#maxOffset);
  }

  /** The smoothed round-trip time of actions in whole milliseconds; 0 before the first answer. */
  get lag(): number {
    return Math.round(this.#lag);
  }

  /** Includes the time of an event that has just arrived. */
  onEvent(time: number): void {
    this.#offset = Math.min(this.#offset ?? Infinity, this.local() - time);
  }

  /** Includes a time of the server that is past. */
  onPast(time: number): void {
    this.#maxOffset = Math.min(this.#maxOffset, this.local() - time);
  }

  /** Includes the round-trip time of an answer. */
  onAnswer(sent: number): void {
    const lag = Math.min(maxLag, this.local() - sent);
    this.#lag = this.#lag === 0 ? lag : this.#lag + weight * (lag - this.#lag);
  }
}

/** Returns the remaining time of a seat in milliseconds at a time of the server; undefined without a clock. */
export function remaining(clock: GameClock | undefined, { left, since }: GameSeat, now: number): number | undefined {
  if (!clock || left === undefined) return undefined;
  // The time for a move restarts with each turn.
  if (since === undefined) return clock.kind === 'eachMove' ? clock.milliseconds : left;
  const elapsed = Math.max(0, now - since);
  return Math.max(0, left - Math.max(0, clock.kind === 'delay' ? elapsed - (clock.stepMilliseconds ?? 0) : elapsed));
}

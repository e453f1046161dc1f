import type { GameClock, GameSeat } from './view.js';

// One slow answer, such as that of a packet which was sent again, adds at most this to the estimated lag. Milliseconds.
const mostLag = 1000;
const weight = 0.3;

/**
 * Estimates the server's time. An event has the time at which the server appended it, and arrives later by its time on the way; so the event that arrived soonest shows best by how much the local clock is ahead.
 * @param local The local time in milliseconds, which never jumps.
 */
export class ServerTime {
  // By how much the local clock is ahead, and the time on the way of the event that arrived soonest; unknown before the first event.
  #ahead: number | undefined;
  // It is ahead by no more than this, as moments in the past show.
  #most = 0;
  #lag = 0;

  constructor(readonly local: () => number) {}

  /** What the server's clock shows. */
  get now(): number {
    return this.local() - (this.#ahead ?? this.#most);
  }

  /** For how long an action and its answer are on their way, smoothed, in whole milliseconds; 0 before the first answer. */
  get lag(): number {
    return Math.round(this.#lag);
  }

  /** An event has just come from the server. */
  heard(time: number): void {
    this.#ahead = Math.min(this.#ahead ?? Infinity, this.local() - time);
  }

  /** A moment at the server is in the past. */
  passed(time: number): void {
    this.#most = Math.min(this.#most, this.local() - time);
  }

  /** An answer has come. */
  answered(sent: number): void {
    const lag = Math.min(mostLag, this.local() - sent);
    this.#lag = this.#lag === 0 ? lag : this.#lag + weight * (lag - this.#lag);
  }
}

/** The milliseconds that a seat has left at a moment by the server's clock; undefined without a clock. */
export function remaining(clock: GameClock | undefined, { left, since }: GameSeat, now: number): number | undefined {
  if (!clock || left === undefined) return undefined;
  // The time for a move begins anew with the turn.
  if (since === undefined) return clock.kind === 'eachMove' ? clock.milliseconds : left;
  const elapsed = Math.max(0, now - since);
  return Math.max(0, left - Math.max(0, clock.kind === 'delay' ? elapsed - (clock.stepMilliseconds ?? 0) : elapsed));
}

/** How a lost connection is sought again. */
export interface ReconnectOptions {
  /** Milliseconds before the first attempt, at most. Doubled for each attempt after it, until a connection has been stable. Default: 500. */
  readonly initialDelay?: number;
  /** The most that it grows to. Default: 30,000. */
  readonly maxDelay?: number;
  /** Attempts without a stable connection between them before the client gives up. Default: without limit. */
  readonly maxAttempts?: number;
  /**
   * Milliseconds that the client has to be ready before delays and attempts begin anew. A server that drops its clients soon after they are ready is thus asked less and less often.
   * Default: 10,000, the time that a server has for each reply, and so for noticing what it does not like.
   */
  readonly stableAfter?: number;
}

// RFC 6455, 7.4: what the client has done wrong, and would again, or that it is not wanted. 4001: another connection has taken the user's session over.
const finalCodes: readonly number[] = [1002, 1003, 1007, 1008, 1009, 4001];

/** Whether a client comes back after a WebSocket that has ended with this code. */
export const isTransientCode = (code: number): boolean => !finalCodes.includes(code);

/**
 * Decides what follows the end of a connection, without a clock and without chance of its own. The .NET client has the same decision in Reconnection.cs.
 * @param isTransient Whether another attempt may fare better.
 * @param attempt Which attempt the connection came of; 0 for `connect`.
 * @param ready How many milliseconds the client was ready; undefined if it never was.
 * @param chance From 0 up to 1.
 * @param wanted The delay that the server has asked for; undefined for none.
 * @returns The next attempt and the delay before it; undefined where the client gives up.
 */
export function reconnection(
  isTransient: boolean,
  attempt: number,
  ready: number | undefined,
  { initialDelay, maxDelay, maxAttempts, stableAfter }: Required<ReconnectOptions>,
  chance: number,
  wanted?: number,
): { attempt: number; delay: number } | undefined {
  // A first attempt that fails is the caller's to repeat, unless the server has said when to come back.
  if (!isTransient || (attempt === 0 && ready === undefined && wanted === undefined)) return undefined;
  // A server that drops whoever becomes ready would be asked for ever at the shortest delay, if becoming ready were enough (RFC 6455, 7.2.3).
  const made = ready !== undefined && ready >= stableAfter ? 0 : attempt;
  if (made >= maxAttempts) return undefined;
  // Half of it by chance, so that the clients of a server that was restarted do not all come at once.
  const delay = Math.round(Math.min(maxDelay, initialDelay * 2 ** made) * (1 - chance / 2));
  // The server's delay spreads its clients over time, so the first attempt keeps to it exactly. Later ones never come sooner than without it.
  return { attempt: made + 1, delay: made === 0 ? (wanted ?? delay) : Math.max(wanted ?? 0, delay) };
}

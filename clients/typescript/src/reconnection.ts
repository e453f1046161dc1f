/** Options of reconnecting. */
export interface ReconnectOptions {
  /** The longest delay before the first attempt in milliseconds. It doubles with each attempt until a connection is stable. Default: 500. */
  readonly initialDelay?: number;
  /** The upper limit of the delay in milliseconds. Default: 30,000. */
  readonly maxDelay?: number;
  /** The number of attempts after which the client gives up, counted since the last stable connection. Default: no limit. */
  readonly maxAttempts?: number;
  /**
   * How many milliseconds a client must be ready before its connection counts as stable, and the delays and attempts start over. A server that drops its clients sooner is asked less and less often.
   * Default: 10,000, the time that a server has for each reply, and thus for closing a client that it rejects.
   */
  readonly stableAfter?: number;
}

// RFC 6455, 7.4: the client has broken the protocol and would do so again, or the server rejects it. 4001: another connection has taken over the user's session.
const finalCodes: readonly number[] = [1002, 1003, 1007, 1008, 1009, 4001];

/** Returns whether a client reconnects after a close code. */
export const isTransientCode = (code: number): boolean => !finalCodes.includes(code);

/**
 * Decides what follows the end of a connection. A pure function of its arguments. The .NET client has the same function in Reconnection.cs.
 * @param isTransient Whether another attempt may succeed.
 * @param attempt The number of the attempt that made the connection; 0 for `connect`.
 * @param ready How many milliseconds the client was ready; undefined if it never was.
 * @param chance A random number from 0 inclusive to 1 exclusive.
 * @param wanted The delay that the server asks for; undefined for none.
 * @returns The next attempt and the delay before it; undefined if the client gives up.
 */
export function reconnection(
  isTransient: boolean,
  attempt: number,
  ready: number | undefined,
  { initialDelay, maxDelay, maxAttempts, stableAfter }: Required<ReconnectOptions>,
  chance: number,
  wanted?: number,
): { attempt: number; delay: number } | undefined {
  // The caller of `connect` repeats a failed first attempt, unless the server has said when to come back.
  if (!isTransient || (attempt === 0 && ready === undefined && wanted === undefined)) return undefined;
  // If readiness reset the count, a server that drops every ready client would be asked at the shortest delay forever (RFC 6455, 7.2.3).
  const made = ready !== undefined && ready >= stableAfter ? 0 : attempt;
  if (made >= maxAttempts) return undefined;
  // Up to half is random, so that the clients of a restarted server do not reconnect at the same time.
  const delay = Math.round(Math.min(maxDelay, initialDelay * 2 ** made) * (1 - chance / 2));
  // The server's delay spreads its clients over time, so the first attempt uses it exactly. Later attempts use the longer delay.
  return { attempt: made + 1, delay: made === 0 ? (wanted ?? delay) : Math.max(wanted ?? 0, delay) };
}

/** Options of reconnecting. */
export interface ReconnectOptions {
  /** The longest delay before the first attempt in milliseconds. The delay doubles with each attempt until a connection is stable. Default: 500. */
  readonly initialDelay?: number;
  /** The upper limit of the delay in milliseconds. Default: 30,000. */
  readonly maxDelay?: number;
  /** The number of attempts after which the client gives up, counted since the last stable connection. Default: no limit. */
  readonly maxAttempts?: number;
  /**
   * The time in milliseconds for which a client must be ready before its connection counts as stable, and the delays and attempts start over.
   * A client reconnects less and less often to a server that drops it sooner. Default: 10,000, the time that a server has for each reply,
   * and thus for closing the connection of a client that it rejects.
   */
  readonly stableAfter?: number;
}

// With these codes the server says that the client has violated the protocol, which it would do again, or that it rejects the client (RFC 6455, section 7.4).
// 4001: another connection has taken over the user's session (docs/protocol.md, Sessions).
const finalCodes: readonly number[] = [1002, 1003, 1007, 1008, 1009, 4001];

/** Returns whether a client reconnects after a close code. */
export const isTransientCode = (code: number): boolean => !finalCodes.includes(code);

/**
 * Decides whether the client makes another attempt after the end of a connection, and after which delay.
 * A pure function: it reads no clock and draws no random number. The .NET client has the same function in Reconnection.cs.
 * @param isTransient Whether another attempt may succeed.
 * @param attempt The number of the attempt that made the connection; 0 for `connect`.
 * @param ready The time in milliseconds for which the client was ready; undefined if it was not ready.
 * @param chance A random number from 0 inclusive to 1 exclusive.
 * @param wanted The delay in milliseconds that the server has named; undefined for none.
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
  // The client does not repeat a failed first attempt, unless the server has named a delay for the next one.
  if (!isTransient || (attempt === 0 && ready === undefined && wanted === undefined)) return undefined;
  // Only a stable connection resets the count. Otherwise a client would reconnect at the shortest delay forever to a server that drops it whenever
  // it is ready (RFC 6455, section 7.2.3).
  const made = ready !== undefined && ready >= stableAfter ? 0 : attempt;
  if (made >= maxAttempts) return undefined;
  // Up to half is random, so that the clients of a restarted server do not reconnect at the same time.
  const delay = Math.round(Math.min(maxDelay, initialDelay * 2 ** made) * (1 - chance / 2));
  // The server's delay spreads its clients over time, so the first attempt uses it exactly. Later attempts use the longer delay.
  return { attempt: made + 1, delay: made === 0 ? (wanted ?? delay) : Math.max(wanted ?? 0, delay) };
}

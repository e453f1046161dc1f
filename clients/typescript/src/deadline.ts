import { TimeoutError } from './errors.js';
import { platform, type Timer } from './platform.js';

// Milliseconds. If a timer fires later than this, the machine was suspended or the page was frozen.
// The platform handles packets that have arrived meanwhile after the timers, so the deadline is extended by this time.
const tolerance = 1000;

/**
 * Calls back after a timeout.
 * @returns A function that cancels it.
 */
export function startDeadline(milliseconds: number, expire: () => void): () => void {
  const due = platform.Date.now() + milliseconds;
  let timer: Timer = platform.setTimeout(() => {
    if (platform.Date.now() - due > tolerance) timer = platform.setTimeout(expire, tolerance);
    else expire();
  }, milliseconds);
  return () => platform.clearTimeout(timer);
}

/** Waits for a promise, at most for a timeout in milliseconds; then rejects with a TimeoutError. */
export const within = <T>(timeout: number, promise: T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = startDeadline(timeout, () => reject(new TimeoutError(`No reply within ${timeout} ms.`)));
    void Promise.resolve(promise).then(resolve, reject).finally(cancel);
  });

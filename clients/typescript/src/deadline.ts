import { TimeoutError } from './errors.js';
import { platform, type Timer } from './platform.js';

// Milliseconds. A timer that comes later than this shows that the machine was suspended, or the page frozen: what has arrived meanwhile is handled behind the timers, and gets this long for that.
const tolerance = 1000;

/**
 * Calls back when a time is over.
 * @returns What ends the wait.
 */
export function startDeadline(milliseconds: number, expire: () => void): () => void {
  const due = platform.Date.now() + milliseconds;
  let timer: Timer = platform.setTimeout(() => {
    if (platform.Date.now() - due > tolerance) timer = platform.setTimeout(expire, tolerance);
    else expire();
  }, milliseconds);
  return () => platform.clearTimeout(timer);
}

/** Waits for a promise, at most so many milliseconds. */
export const within = <T>(timeout: number, promise: T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = startDeadline(timeout, () => reject(new TimeoutError(`No reply within ${timeout} ms.`)));
    void Promise.resolve(promise).then(resolve, reject).finally(cancel);
  });

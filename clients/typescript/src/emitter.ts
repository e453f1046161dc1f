import { platform } from './platform.js';

/**
 * Calls listeners of events, in the order in which they were added. If a listener throws, the emitter calls the other listeners,
 * and rethrows the exception in a microtask.
 */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /**
   * Adds a listener.
   * @returns A function that removes it.
   */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** @internal */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])])
      try {
        (listener as (event: Events[Name]) => void)(event);
      } catch (error) {
        platform.queueMicrotask(() => {
          throw error;
        });
      }
  }
}

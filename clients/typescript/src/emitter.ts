import { platform } from './platform.js';

/** Listeners by event. What one of them throws is thrown again where nobody can catch it, and keeps nobody else from being called. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /**
   * Calls a listener from now on.
   * @returns What ends that.
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

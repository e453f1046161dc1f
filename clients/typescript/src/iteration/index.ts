import type { RoomEvent } from '../events.js';
import type { TPacketClient } from '../client.js';
import { EventQueue } from './event-queue.js';

export { OverflowError } from './overflow-error.js';

/**
 * Iterates over a client's events from this call on, across reconnects. The iteration ends when the client is closed:
 * normally after `close`, otherwise with the error that closed the client.
 * @param capacity The maximum number of buffered events. One more event ends the iteration with an OverflowError, after the buffered events. Default: 1,024.
 */
export function eventsOf(client: Pick<TPacketClient, 'on'>, { capacity = 1024 }: { readonly capacity?: number } = {}): AsyncIterableIterator<RoomEvent> {
  const stops: (() => void)[] = [];
  const queue = new EventQueue(capacity, () => stops.forEach(stop => stop()));
  stops.push(
    client.on('event', event => queue.push(event)),
    client.on('state', state => state.name === 'closed' && queue.end(state.reason)),
  );
  return queue;
}

import { delayOf } from './engagement.js';
import { decodeText, type Packet } from './packet.js';
import { platform } from './platform.js';

/**
 * Reads a MOVE_ON (docs/protocol.md, Sessions).
 * @param current The address of the connection that received the packet. A server cannot make a client leave TLS.
 * @returns The delay in milliseconds, and the address if the client accepts it.
 */
export function readMoveOn({ p1, data }: Packet, current: string): { readonly delay: number; readonly moveTo?: string } {
  const delay = delayOf(p1);
  try {
    const { protocol, href } = new platform.URL(decodeText(data));
    if (protocol === 'wss:' || (protocol === 'ws:' && /^ws:/i.test(current))) return { delay, moveTo: href };
  } catch {
    // The packet has no address, or an invalid one.
  }
  return { delay };
}

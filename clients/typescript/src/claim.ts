import { platform } from './platform.js';

// The longest wait in milliseconds. A reloaded page may have to wait until the previous page releases the name.
const patience = 500;

/**
 * Claims a name among the pages of an origin for the lifetime of this page, with the Web Locks API. Pages on plain http do not have this API:
 * every claim succeeds. If two such pages have the same session, the server closes the first with 4001, and this page does not reconnect.
 * @returns Whether no other page has the name.
 */
export const claim = (name: string): Promise<boolean> =>
  new Promise(resolve => {
    const { AbortSignal, navigator } = platform;
    const held = () => new Promise<void>(() => resolve(true));
    if (navigator?.locks) navigator.locks.request(name, { signal: AbortSignal.timeout(patience) }, held).catch(() => resolve(false));
    else resolve(true);
  });

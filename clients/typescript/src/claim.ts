import { platform } from './platform.js';

// Milliseconds. A page that is loaded again waits this long for the one before it to let go.
const patience = 500;

/**
 * Claims a name among the pages of an origin for as long as this page lives, by the Web Locks API. Where a page has none, which is on plain http, everything is granted: of two pages with one session the server then
 * closes the first with 4001, after which that one stays away.
 * @returns Whether no other page has it.
 */
export const claim = (name: string): Promise<boolean> =>
  new Promise(resolve => {
    const { AbortSignal, navigator } = platform;
    const held = () => new Promise<void>(() => resolve(true));
    if (navigator?.locks) navigator.locks.request(name, { signal: AbortSignal.timeout(patience) }, held).catch(() => resolve(false));
    else resolve(true);
  });

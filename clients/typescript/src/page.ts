import { platform } from './platform.js';

/**
 * Calls back when the page may have been frozen, or its network may be another: it is visible again, comes out of the browser's cache, or hears that it is online or offline.
 * @param changed Is called with whether there is no network now.
 * @returns What ends that.
 */
export function watchPage(changed: (isOffline: boolean) => void): () => void {
  const listener = ({ type }: { readonly type: string }) => {
    if (type !== 'visibilitychange' || !platform.document!.hidden) changed(type === 'offline');
  };
  const types = ['online', 'offline', 'pageshow', 'visibilitychange'];
  for (const type of types) platform.addEventListener?.(type, listener);
  return () => types.forEach(type => platform.removeEventListener?.(type, listener));
}

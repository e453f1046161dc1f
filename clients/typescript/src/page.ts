import { platform } from './platform.js';

/**
 * Calls back when the page may have been frozen or may have changed its network: it becomes visible, is restored from the browser's cache, or goes online or offline.
 * @param changed Called with whether the page is offline.
 * @returns A function that ends this.
 */
export function watchPage(changed: (isOffline: boolean) => void): () => void {
  const listener = ({ type }: { readonly type: string }) => {
    if (type !== 'visibilitychange' || !platform.document!.hidden) changed(type === 'offline');
  };
  const types = ['online', 'offline', 'pageshow', 'visibilitychange'];
  for (const type of types) platform.addEventListener?.(type, listener);
  return () => types.forEach(type => platform.removeEventListener?.(type, listener));
}

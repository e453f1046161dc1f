import { platform } from './platform.js';

/**
 * Calls a function when the page may have been frozen or may have changed its network: it becomes visible, is restored from the
 * browser's cache, or goes online or offline.
 * @param changed The function, which receives whether the page is offline.
 * @returns A function that removes the listeners.
 */
export function watchPage(changed: (isOffline: boolean) => void): () => void {
  const listener = ({ type }: { readonly type: string }) => {
    if (type !== 'visibilitychange' || !platform.document!.hidden) changed(type === 'offline');
  };
  const types = ['online', 'offline', 'pageshow', 'visibilitychange'];
  for (const type of types) platform.addEventListener?.(type, listener);
  return () => types.forEach(type => platform.removeEventListener?.(type, listener));
}

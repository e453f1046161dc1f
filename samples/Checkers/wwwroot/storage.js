// Stored data, for the next visit and for a reload in the same tab. A browser that blocks a site's data throws on access.

const open = name => {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
};

const visits = open('localStorage');
/** The tab's storage, also for the client's session. */
export const tab = open('sessionStorage');

const read = (store, key) => {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};

const write = (store, key, value) => {
  try {
    if (value === undefined) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(value));
  } catch {
    // The next page starts without the data.
  }
};

export const recall = key => read(visits, key);
export const keep = (key, value) => write(visits, key, value);
export const recallInTab = key => read(tab, key);
export const keepInTab = (key, value) => write(tab, key, value);

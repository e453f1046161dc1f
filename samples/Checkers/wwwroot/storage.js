// What the page keeps: for the next visit, and for the page that is loaded next in the same tab. A browser that blocks a site's data throws where the page asks for it.

const open = name => {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
};

const visits = open('localStorage');
/** That of the tab, for the client's session too. */
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
    // The next page begins without it.
  }
};

export const recall = key => read(visits, key);
export const keep = (key, value) => write(visits, key, value);
export const recallInTab = key => read(tab, key);
export const keepInTab = (key, value) => write(tab, key, value);

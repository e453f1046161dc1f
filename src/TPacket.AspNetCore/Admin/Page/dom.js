// Elements and formats.

export const $ = id => document.getElementById(id);

/** Creates an element with a class and children, which are elements or texts. */
export function element(name, className, ...children) {
  const created = document.createElement(name);
  if (className) created.className = className;
  created.append(...children);
  return created;
}

/** Isolates a name chosen by a user, so that it does not affect the direction of the surrounding text. */
export const bdi = text => element('bdi', '', text);

/** Writes a text if it differs from the current text, because screen readers announce each write. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Updates the children of an element from a list. The child of a key is reused, so that it keeps the focus.
 * @param parent the element
 * @param items the list
 * @param keyOf returns the key of an item
 * @param create creates the child of an item
 * @param update writes an item into its child
 */
export function reconcile(parent, items, keyOf, create, update) {
  const known = parent.known ??= new Map();
  const keys = new Set(items.map(keyOf));
  for (const [key, child] of known) {
    if (keys.has(key)) continue;
    child.remove();
    known.delete(key);
  }
  let before = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    if (!child) {
      child = create(item);
      known.set(key, child);
    }
    update(child, item);
    if (child === before) before = before.nextElementSibling;
    else parent.insertBefore(child, before);
  }
}

export const number = value => value.toLocaleString('en');

/** A rate per second, with one decimal below ten. */
export const rate = value => value === undefined ? '–' : value < 10 && value > 0 ? value.toFixed(1) : number(Math.round(value));

export const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

export function bytes(value) {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${Math.round(value / 1024)} KiB`;
  return value < 1024 ** 3 ? `${Math.round(value / 1024 ** 2)} MiB` : `${(value / 1024 ** 3).toFixed(1)} GiB`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

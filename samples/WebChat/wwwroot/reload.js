// What a page keeps for the one that is loaded next in its tab: its session, who and where its user is, and the place in the log.

import { isAtEnd, lines, log } from './lines.js';

const seatKey = 'seat', placeKey = 'place';

/** Where it is kept; undefined in a browser that blocks a site's data, which throws where the page asks for it. */
export const store = (() => {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
})();

/** Nick and room of the page before; undefined where its user was in none. */
export function seat() {
  return take(seatKey);
}

export function keepSeat(nick, room) {
  if (nick !== undefined) keep(seatKey, { nick, room });
}

export function leaveSeat() {
  store?.removeItem(seatKey);
  store?.removeItem(placeKey);
}

/** Keeps which message is the first that is in view, and where. */
export function keepPlace() {
  store?.removeItem(placeKey);
  if (isAtEnd()) return;
  const { top } = log.getBoundingClientRect();
  const first = [...lines.querySelectorAll('[data-at]')].find(line => line.getBoundingClientRect().bottom > top);
  if (first) keep(placeKey, { at: first.dataset.at, below: first.getBoundingClientRect().top - top });
}

/**
 * Scrolls to the place of the page before.
 * @returns false where there is none
 */
export function restorePlace() {
  const place = take(placeKey);
  store?.removeItem(placeKey);
  const line = place && [...lines.querySelectorAll('[data-at]')].find(line => line.dataset.at === place.at);
  if (!line) return false;
  log.scrollTop += line.getBoundingClientRect().top - log.getBoundingClientRect().top - place.below;
  return true;
}

function keep(key, value) {
  try {
    store?.setItem(key, JSON.stringify(value));
  } catch {
    // The next page begins without it.
  }
}

function take(key) {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

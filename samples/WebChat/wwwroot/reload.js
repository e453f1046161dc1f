// The state that survives a reload in a tab: session, nick and room, and the place in the log.

import { isAtEnd, lines, log } from './lines.js';

const seatKey = 'seat', placeKey = 'place';

/** The storage; undefined in a browser that blocks a site's data, which throws on access. */
export const store = (() => {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
})();

/** Returns nick and room before the reload; undefined if the user was in no room. */
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

/** Stores the first visible message and its position. */
export function keepPlace() {
  store?.removeItem(placeKey);
  if (isAtEnd()) return;
  const { top } = log.getBoundingClientRect();
  const first = [...lines.querySelectorAll('[data-at]')].find(line => line.getBoundingClientRect().bottom > top);
  if (first) keep(placeKey, { at: first.dataset.at, below: first.getBoundingClientRect().top - top });
}

/**
 * Scrolls to the place before the reload.
 * @returns false if there is none
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
    // The next page starts without the state.
  }
}

function take(key) {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

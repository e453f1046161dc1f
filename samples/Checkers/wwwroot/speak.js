// What happens, for those who do not see it.

import { $ } from './dom.js';

let turn = 0;

/** Has a text read out, also where it is the same as the one before. */
export function speak(text) {
  // The regions take turns: a region that gets the same text again is not read.
  const [now, other] = turn++ % 2 ? ['spoken-a', 'spoken-b'] : ['spoken-b', 'spoken-a'];
  $(other).textContent = '';
  $(now).textContent = text;
}

const side = number => (number === 0 ? 'Black' : 'White');

/** A move as it is said: `Black 22 takes 15, 8`. */
export function wordsOf(move, mover) {
  const path = move.split(/[-x]/);
  return move.includes('x') ? `${side(mover)} ${path[0]} takes ${path.slice(1).join(', ')}` : `${side(mover)} ${path[0]} to ${path[1]}`;
}

// Texts for screen readers.

import { $ } from './dom.js';

let turn = 0;

/** Reads a text out, even if it is the same as the last one. */
export function speak(text) {
  // Alternates between regions, because a region with an unchanged text is not read.
  const [now, other] = turn++ % 2 ? ['spoken-a', 'spoken-b'] : ['spoken-b', 'spoken-a'];
  $(other).textContent = '';
  $(now).textContent = text;
}

const side = number => (number === 0 ? 'Black' : 'White');

/** Returns the spoken text of a move: `Black 22 takes 15, 8`. */
export function wordsOf(move, mover) {
  const path = move.split(/[-x]/);
  return move.includes('x') ? `${side(mover)} ${path[0]} takes ${path.slice(1).join(', ')}` : `${side(mover)} ${path[0]} to ${path[1]}`;
}

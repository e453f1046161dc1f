// The boards of the shown game, and the selected board.

import { start } from './position.js';

let boards = [{ position: start }]; // `{ position, last }` after each move.
let at = 0;
let follows = true; // Whether the newest board is selected.
let changed = () => {};

export const listen = handler => (changed = handler);

export const count = () => boards.length - 1;
export const ply = () => at;
export const isLive = () => follows;
export const board = () => boards[at];
export const all = () => boards;

/** Replaces the boards, and selects the last or the first one. */
export function reset(next, { atStart = false } = {}) {
  boards = next;
  follows = !atStart;
  at = follows ? count() : 0;
  changed('reset');
}

/** Adds a board. */
export function push(next) {
  boards.push(next);
  if (!follows) return changed('grown');
  at = count();
  changed('forward');
}

/** Removes the boards of moves that were taken back. */
export function truncate(moves) {
  boards.length = moves + 1;
  at = Math.min(at, moves);
  if (follows) at = moves;
  changed('reset');
}

/** Selects the board after a number of moves. */
export function go(to) {
  const next = Math.max(0, Math.min(count(), to));
  if (next === at) return;
  const before = at;
  at = next;
  follows = at === count();
  changed(at === before + 1 ? 'forward' : 'other');
}

export const goLive = () => go(count());

// Draws the board: squares as buttons, and animated pieces above them.

import { $, element } from './dom.js';
import { captured, placeOf, squares } from './position.js';

const stepTime = 160; // The duration of a step or a jump in milliseconds.
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const root = $('board');
const layer = element('div', { className: 'pieces', 'aria-hidden': 'true' });
const buttons = new Map();
const shown = new Map(); // The piece on each square, as an element.
let isFlipped = false;
let pieces = new Map();
let marks = {};

for (const square of squares) {
  const button = element('button', { type: 'button', className: 'square', tabIndex: -1 }, element('span', { className: 'number', textContent: square, 'aria-hidden': 'true' }));
  button.dataset.square = square;
  buttons.set(square, button);
  root.append(button);
}
root.append(layer);

/** Returns the place of a square on the screen. */
export function shownPlace(square) {
  const { row, column } = placeOf(square);
  return isFlipped ? { row: 7 - row, column: 7 - column } : { row, column };
}

export const buttonOf = square => buttons.get(square);
export const pieceOn = square => pieces.get(square);
export const elementOn = square => shown.get(square);

const put = (target, square) => {
  const { row, column } = shownPlace(square);
  target.style.left = `${column * 12.5}%`;
  target.style.top = `${row * 12.5}%`;
};

/** Sets the side at the bottom. */
export function flip(flipped) {
  isFlipped = flipped;
  root.dataset.flipped = flipped;
  for (const [square, button] of buttons) put(button, square);
  for (const [square, piece] of shown) put(piece, square);
}

/** Returns the shown pieces. */
export const snapshot = () => new Map(pieces);

/** Moves a piece along a part of its path. Jumped pieces stay until the move is complete. */
export function advance(from, to) {
  const drawn = shown.get(from);
  shown.delete(from);
  shown.set(to, drawn);
  pieces.set(to, pieces.get(from));
  pieces.delete(from);
  put(drawn, to);
  travel(drawn, [from, to]);
}

/**
 * Shows pieces.
 * @param path The squares of the move that leads to the pieces, to animate it. The pieces before the move must be shown.
 * @param done The number of squares of the path that the piece has already passed.
 */
export function show(next, path, done = 0) {
  const mover = path && shown.get(path[done]);
  if (mover) {
    shown.delete(path[done]);
    for (const square of captured(path.slice(done))) vanish(square);
    shown.get(path.at(-1))?.remove();
    shown.set(path.at(-1), mover);
  }
  for (const [square, drawn] of shown) if (!next.has(square)) remove(square, drawn);
  for (const [square, piece] of next) draw(square, piece);
  if (mover) travel(mover, path.slice(done));
  pieces = new Map(next);
  describe();
}

function draw(square, { side, king }) {
  let drawn = shown.get(square);
  if (!drawn) {
    drawn = element('div', {}, element('span', { className: 'crown' }));
    shown.set(square, drawn);
    layer.append(drawn);
  }
  drawn.className = `piece ${side === 0 ? 'black' : 'white'}${king ? ' king' : ''}`;
  put(drawn, square);
}

function remove(square, drawn) {
  shown.delete(square);
  drawn.remove();
}

function vanish(square) {
  const drawn = shown.get(square);
  if (!drawn) return;
  shown.delete(square);
  if (calm.matches) return drawn.remove();
  drawn.classList.add('taken');
  drawn.animate([{ opacity: 1 }, { opacity: 0, transform: 'scale(.6)' }], { duration: 2 * stepTime, easing: 'ease-in' }).finished.finally(() => drawn.remove());
}

/** Animates a piece, which is already at the last square, along its path. */
function travel(drawn, path) {
  // A dragged piece is already at its square.
  if (calm.matches || path.length < 2 || drawn.dataset.dropped) return delete drawn.dataset.dropped;
  const end = shownPlace(path.at(-1));
  const frames = path.map(square => {
    const { row, column } = shownPlace(square);
    return { transform: `translate(${(column - end.column) * 100}%, ${(row - end.row) * 100}%)` };
  });
  drawn.animate(frames, { duration: stepTime * Math.min(path.length - 1, 4), easing: 'ease-in-out' });
}

/** Marks squares: `last` (the last move), `selected`, `targets`, `movable`, `hinted`, and `ghosts` (jumped pieces). */
export function mark(next) {
  marks = next;
  for (const [square, button] of buttons) {
    const names = Object.keys(marks).filter(name => marks[name]?.includes(square));
    button.className = ['square', ...names].join(' ');
  }
  for (const [square, drawn] of shown) drawn.classList.toggle('ghost', marks.ghosts?.includes(square) ?? false);
  describe();
}

/** Sets the names of squares for screen readers. */
function describe() {
  for (const [square, button] of buttons) {
    const piece = pieces.get(square);
    const words = [`${square}`, piece ? `${piece.side === 0 ? 'black' : 'white'} ${piece.king ? 'king' : 'man'}` : 'empty'];
    if (marks.selected?.includes(square)) words.push('selected');
    else if (marks.targets?.includes(square)) words.push('can go here');
    else if (marks.movable?.includes(square)) words.push('can move');
    const label = words.join(', ');
    if (button.ariaLabel !== label) button.ariaLabel = label;
  }
}

// Chooses a move on the board by clicks, dragging or keys. A capture of several jumps is chosen by its last square, or square by square.

import { $ } from './dom.js';
import { advance, buttonOf, elementOn, mark, pieceOn, show, shownPlace, snapshot } from './board.js';
import { captured, isCapture, pathOf, play, squareAt } from './position.js';

const root = $('board');
const dragThreshold = 5; // Pixels.

let moves = []; // The legal moves as paths; empty if it is not the player's turn.
let texts = new Map(); // The server's text of each move.
let mustCapture = false;
let last = []; // The squares of the last move.
let before; // The pieces before the first chosen square.
let way = []; // The chosen squares.
let onMove = () => {};
let onHint = () => {};
let drag;

export function listen(handlers) {
  ({ onMove, onHint } = handlers);
}

/** Lets the player choose one of the moves, given as the server's texts. */
export function offer(legal, lastMove) {
  moves = legal.map(pathOf);
  texts = new Map(legal.map(text => [pathOf(text).join(), text]));
  mustCapture = legal.some(isCapture);
  last = lastMove ? pathOf(lastMove) : [];
  way = [];
  before = undefined;
  endDrag();
  draw();
}

/** Returns whether a part of a move is chosen. */
export const isChoosing = legal => way.length > 0 && legal.length === texts.size && legal.every(text => texts.get(pathOf(text).join()) === text);

const fits = path => way.every((square, i) => path[i] === square);
const candidates = () => moves.filter(fits);

function draw(hinted = []) {
  const open = way.length > 0 ? candidates() : [];
  mark({
    last,
    movable: way.length === 0 ? [...new Set(moves.map(path => path[0]))] : [],
    forced: way.length === 0 && mustCapture ? [...new Set(moves.map(path => path[0]))] : [],
    selected: way.length > 0 ? [way.at(-1)] : [],
    targets: [...new Set(open.flatMap(path => [path[way.length], path.at(-1)]))],
    ghosts: way.length > 1 ? captured(way) : [],
    hinted,
  });
}

/** Handles the choice of a square. */
function pick(square, dropped = false) {
  if (moves.length === 0) return;
  if (way.length > 0) {
    const open = candidates();
    const next = open.filter(path => path[way.length] === square);
    const ends = open.filter(path => path.at(-1) === square);
    const whole = next.find(path => path.length === way.length + 1) ?? (ends.length === 1 && next.length === 0 ? ends[0] : undefined);
    if (whole) return choose(whole, dropped);
    if (next.length > 0) return step(square, dropped);
    if (ends.length > 1) return onHint('There are several ways there. Choose them square by square.');
    if (square === way[0] && way.length === 1) return cancel();
    if (way.length > 1) return cancel();
  }
  if (moves.some(path => path[0] === square)) {
    way = [square];
    before = undefined;
    return draw();
  }
  cancel();
  if (mustCapture && pieceOn(square)) {
    onHint('You must capture.');
    draw([...new Set(moves.map(path => path[0]))]);
  }
}

/** Continues a capture from a square that is not its last. */
function step(square, dropped) {
  before ??= snapshot();
  if (dropped) elementOn(way.at(-1)).dataset.dropped = 'true';
  advance(way.at(-1), square);
  way = [...way, square];
  draw();
  onHint('The capture continues.');
}

function choose(path, dropped) {
  const after = play(before ?? snapshot(), path);
  const done = way.length - 1;
  if (dropped) elementOn(path[done]).dataset.dropped = 'true';
  moves = [];
  way = [];
  before = undefined;
  show(after, path, done);
  last = path;
  draw();
  onMove(texts.get(path.join()));
}

/** Ends the choice. */
export function cancel() {
  if (before) show(before);
  before = undefined;
  way = [];
  draw();
}

// --- Mouse and touch ---

const squareOf = target => Number(target.closest?.('.square')?.dataset.square) || undefined;

root.addEventListener('click', event => {
  const square = squareOf(event.target);
  if (square === undefined) return;
  focus(square, false);
  pick(square);
});

root.addEventListener('pointerdown', event => {
  const square = squareOf(event.target);
  const isOwn = way.length > 1 ? square === way.at(-1) : moves.some(path => path[0] === square);
  drag = event.button === 0 && isOwn ? { square, x: event.clientX, y: event.clientY, piece: elementOn(square), isMoving: false } : undefined;
});

root.addEventListener('pointermove', event => {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.isMoving) {
    if (Math.hypot(x, y) < dragThreshold) return;
    drag.isMoving = true;
    // The end of a drag must not count as a click.
    root.setPointerCapture(event.pointerId);
    drag.piece.classList.add('dragged');
    if (way.at(-1) !== drag.square) {
      cancel();
      pick(drag.square);
    }
  }
  drag.piece.style.transform = `translate(${x}px, ${y}px)`;
});

root.addEventListener('pointerup', event => {
  const wasMoving = drag?.isMoving;
  endDrag();
  const square = wasMoving ? dropSquare(event) : undefined;
  if (square !== undefined && candidates().some(path => path[way.length] === square || path.at(-1) === square)) pick(square, true);
});

root.addEventListener('pointercancel', endDrag);

function dropSquare({ clientX, clientY }) {
  const box = root.getBoundingClientRect();
  return atShown(Math.floor(((clientY - box.top) / box.height) * 8), Math.floor(((clientX - box.left) / box.width) * 8));
}

function endDrag() {
  if (!drag) return;
  drag.piece.classList.remove('dragged');
  drag.piece.style.transform = '';
  drag = undefined;
}

// --- Keys ---

/** Moves the focus to a square. Only this square is a tab stop. */
function focus(square, isByKey) {
  for (const other of root.querySelectorAll('.square')) other.tabIndex = -1;
  const button = buttonOf(square);
  button.tabIndex = 0;
  if (isByKey) button.focus();
}

const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -2], ArrowRight: [0, 2] };

root.addEventListener('keydown', event => {
  const square = squareOf(event.target);
  if (square === undefined) return;
  if (event.key === 'Escape' && way.length > 0) return cancel();
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const { row, column } = shownPlace(square);
  const next = row + step[0];
  // The dark squares of rows are shifted alternately to the right and to the left.
  const aside = step[0] === 0 ? step[1] : row % 2 === 0 ? -1 : 1;
  const found = atShown(next, column + aside);
  if (found !== undefined) focus(found, true);
});

function atShown(row, column) {
  return root.dataset.flipped === 'true' ? squareAt(7 - row, 7 - column) : squareAt(row, column);
}

focus(1, false);

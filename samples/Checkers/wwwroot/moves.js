// The numbered list of moves and the buttons to step through them.

import { $, element } from './dom.js';
import * as record from './record.js';

const list = $('moves');
let first = 0; // The side of the first move: 1 if a position was set up with White to move.

/** Draws the list, or its new moves. */
export function draw(firstSide) {
  const boards = record.all();
  if (firstSide !== first) list.replaceChildren();
  first = firstSide;
  // The list has a row for each pair of moves. Black's move is the first of a pair.
  const rows = Math.ceil((record.count() + first) / 2);
  while (list.children.length > rows) list.lastElementChild.remove();
  for (let row = 0; row < rows; row++) {
    const item = list.children[row] ?? list.appendChild(element('li', {}, element('span', { className: 'number', textContent: `${row + 1}.` }), cell(), cell()));
    for (const side of [0, 1]) fill(item.children[side + 1], row * 2 + side - first + 1, boards);
  }
  list.hidden = rows === 0;
  $('start').disabled = $('back').disabled = record.ply() === 0;
  $('forward').disabled = $('live').disabled = record.ply() === record.count();
  scrollTo(list.querySelector('[aria-current]'));
}

/** Scrolls the list, but not the page, to a move. */
function scrollTo(move) {
  if (!move) return list.scrollTo(0, 0);
  const [inner, outer] = [move.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollBy(Math.min(0, inner.left - outer.left - 40) || Math.max(0, inner.right - outer.right + 12), Math.min(0, inner.top - outer.top - 4) || Math.max(0, inner.bottom - outer.bottom + 4));
}

const cell = () => element('button', { type: 'button', className: 'move' });

function fill(button, ply, boards) {
  const isMove = ply >= 1 && ply <= record.count();
  button.hidden = !isMove && ply !== 0;
  button.disabled = ply === 0;
  const text = ply === 0 ? '…' : isMove ? boards[ply].last ?? '—' : '';
  if (button.textContent !== text) button.textContent = text;
  button.dataset.ply = ply;
  if (ply === record.ply() && isMove) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

list.addEventListener('click', event => {
  const ply = Number(event.target.closest?.('.move')?.dataset.ply);
  if (ply > 0) record.go(ply);
});

const steps = { start: () => record.go(0), back: () => record.go(record.ply() - 1), forward: () => record.go(record.ply() + 1), live: record.goLive };
for (const [id, step] of Object.entries(steps)) $(id).addEventListener('click', step);

const keys = { ArrowLeft: steps.back, ArrowRight: steps.forward, Home: steps.start, End: steps.live };
document.addEventListener('keydown', event => {
  if ($('table').hidden || event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, textarea, select, .square, dialog')) return;
  const step = keys[event.key];
  if (!step) return;
  event.preventDefault();
  step();
});

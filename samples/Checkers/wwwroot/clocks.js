// The clocks of the two seats, estimated by the client.

import { game } from './server.js';
import { sound } from './sounds.js';
import { speak } from './speak.js';

const low = 20_000; // The milliseconds from which a clock is red. Below 10 s it shows tenths.
const warnings = [30_000, 10_000];

let places = []; // The element of each seat.
let warned = Infinity; // The last warning about the player's own time.

export function format(milliseconds) {
  if (milliseconds < 10_000) {
    const tenths = Math.floor(milliseconds / 100);
    return `0:0${Math.floor(tenths / 10)}.${tenths % 10}`;
  }
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Shows the clock of each seat in an element; without elements, hides the clocks. */
export function showClocks(elements) {
  places = elements;
  tick();
}

function tick() {
  const { view } = game;
  for (const [seat, place] of places.entries()) {
    const left = game.remaining(seat);
    place.hidden = left === undefined;
    if (left === undefined) continue;
    const { since, toMove } = view.seats[seat];
    const text = format(left);
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle('runs', view.phase === 'running' && since !== undefined && toMove === true);
    place.classList.toggle('low', view.phase === 'running' && left < Math.min(low, view.clock.milliseconds / 3));
    if (seat === view.you && view.phase === 'running') warn(left, toMove);
  }
}

function warn(left, isToMove) {
  const next = warnings.findLast(limit => left <= limit && game.view.clock.milliseconds > 2 * limit);
  if (next === undefined) return void (warned = Infinity);
  if (next >= warned || !isToMove) return;
  warned = next;
  speak(`You have ${Math.round(next / 1000)} seconds left.`);
  sound('hurry');
}

setInterval(tick, 100);

/** Formats whole seconds, as 1:05. */
export const countdown = milliseconds => {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

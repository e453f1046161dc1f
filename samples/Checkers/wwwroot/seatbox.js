// Before a game: taking a seat, waiting for an opponent, and the plan of the user for a new room.

import { $, bdi, element, say } from './dom.js';
import { clockOf, formatClock, isClock, isGameRoom, parseClock } from './rooms.js';
import { attempt, client, game } from './server.js';
import { showLink } from './share.js';
import { keepInTab, recallInTab } from './storage.js';
import { isHeld } from './tpacket-games.min.js';

const sides = ['Black', 'White'];
let isBusy = false;
let report = () => {};

export const listen = handler => (report = handler);

/** Plans actions for when the room shows its game: take a seat, set the clock and the position, seat the computer. */
export const plan = (room, intent) => keepInTab('plan', { room, ...intent });

/** Shows the controls before a game. */
export function showSeats(view, room) {
  $('seatbox').hidden = view?.phase !== 'open';
  if ($('seatbox').hidden) return;
  void pursue(view, room);
  const isSeated = view.you !== undefined;
  const isQueue = clockOf(room) !== undefined;
  const isSolo = room.startsWith('checkers-solo-');
  $('join').hidden = isSeated || isQueue || isBusy || recallInTab('plan')?.room === room;
  $('invite').hidden = !isSeated || isQueue || isSolo;
  $('coming').hidden = !isQueue;
  const terms = [view.clock && formatClock(view.clock), isSeated && `you play ${sides[view.you]}`, view.setUp && 'from a position'].filter(Boolean).join(' · ');
  for (const place of document.querySelectorAll('.terms')) say(place, terms);
  if (!$('invite').hidden) {
    showLink(room);
    $('invite-title').textContent = room.startsWith('checkers-open-') ? 'Waiting for somebody to join' : 'Send this link to a friend';
  }
  if (!$('join').hidden) showJoin(view);
}

function showJoin(view) {
  const key = JSON.stringify(view.seats);
  if ($('join').dataset.key === key) return;
  $('join').dataset.key = key;
  const free = view.seats.flatMap((seat, side) => (isHeld(seat) ? [] : [side]));
  const host = view.seats.find(isHeld);
  $('join-title').replaceChildren(...(host ? [bdi(host.nick ?? 'The computer'), ' is waiting for an opponent'] : ['Nobody is at this board']));
  $('join-seats').replaceChildren(
    ...free.map((side, i) => {
      const button = element('button', { type: 'button', id: `sit-${side}`, className: i === 0 ? 'primary' : 'quiet' }, element('span', { className: `disc ${sides[side].toLowerCase()}` }), `Play ${sides[side]}`);
      button.addEventListener('click', () => attempt(() => game.claim(side), report));
      return button;
    }),
  );
}

/** Executes the next planned action. */
async function pursue(view, room) {
  if (isBusy || !isGameRoom(room)) return;
  const intent = recallInTab('plan');
  const clock = clockOf(room);
  isBusy = true;
  try {
    if (intent?.room === room) await carryOut(intent, view);
    else if (clock) await meet(view, clock);
  } catch (error) {
    report(error.text ?? '');
  } finally {
    isBusy = false;
  }
}

async function carryOut({ seat, clock, text, level }, view) {
  if (view.you === undefined) await game.claim(seat);
  await game.setUp({ clock: parseClock(clock), ...(text && { text }) });
  if (level) await game.bot(1 - seat, level);
  keepInTab('plan', undefined);
  if (game.view?.phase === 'open') showSeats(game.view, client.state.room);
}

/** Handles a pair of the queue: the first seat sets the clock, then the second takes its seat. */
async function meet(view, clock) {
  const own = view.you ?? view.seats.findIndex(({ reservedFor }) => reservedFor === client.roster.self?.id);
  if (own === 0 && view.you === undefined) await game.claim(0);
  if (own === 0 && !isClock(view.clock, clock)) await game.setUp({ clock: parseClock(clock) });
  if (own === 1 && view.you === undefined && isHeld(view.seats[0]) && isClock(view.clock, clock)) await game.claim(1);
}

for (const button of document.querySelectorAll('#instead [data-level]'))
  button.addEventListener('click', () => attempt(() => game.bot(1 - game.view.you, button.dataset.level), report));


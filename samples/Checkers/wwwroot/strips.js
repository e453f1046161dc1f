// The two players beside the board: names, captured pieces, absence and clocks.

import { $, bdi, element, icon } from './dom.js';
import { countdown, showClocks } from './clocks.js';
import { grace } from './rooms.js';
import { client, game } from './server.js';

const levels = { beginner: 'Computer, beginner', casual: 'Computer, casual', club: 'Computer, club', strong: 'Computer, strong' };
const strips = { top: $('top'), bottom: $('bottom') };
const awaySince = new Map(); // The time at which a user's connection was lost, by the server's clock.

client.on('away', ({ user, time }) => awaySince.set(user.id, time ?? game.serverTime));
client.on('returned', ({ user }) => awaySince.delete(user.id));
client.on('left', ({ user }) => awaySince.delete(user.id));

/** Returns the name of a seat's holder; undefined for nobody. */
export const nameOf = seat => (seat?.bot ? levels[seat.bot] ?? seat.bot : seat?.nick);

/**
 * Shows the players.
 * @param players `{ name, seat, isYou, isWinner }` for each side.
 * @param taken The number of pieces that each side has lost.
 * @param bottom The side at the bottom.
 */
export function showPlayers(players, taken, bottom) {
  const clocks = [];
  for (const [place, side] of [['top', 1 - bottom], ['bottom', bottom]]) {
    const { name, seat, isYou, isWinner } = players[side];
    const strip = strips[place];
    strip.dataset.side = side;
    strip.classList.toggle('to-move', seat?.toMove === true);
    strip.classList.toggle('is-away', seat?.away === true);
    const clock = element('span', { className: 'clock', role: 'timer', 'aria-label': `Time of ${side === 0 ? 'Black' : 'White'}` });
    clocks[side] = clock;
    strip.replaceChildren(
      element('span', { className: `disc ${side === 0 ? 'black' : 'white'}`, role: 'img', 'aria-label': side === 0 ? 'Black' : 'White' }),
      element('span', { className: 'who' }, element('span', { className: 'name' }, bdi(name ?? 'Nobody yet', name ? '' : 'soft'), ...(isYou ? [element('span', { className: 'you', textContent: 'you' })] : []), ...(isWinner ? [element('span', { className: 'winner', role: 'img', 'aria-label': 'Winner' }, icon('crown'))] : [])), note(seat), captured(1 - side, taken[1 - side])),
      clock,
    );
  }
  showClocks(clocks);
}

function note(seat) {
  const made = element('span', { className: 'note' });
  if (!seat?.away) return made;
  if (!awaySince.has(seat.user)) awaySince.set(seat.user, game.serverTime);
  made.dataset.away = seat.user;
  made.textContent = awayText(seat.user);
  return made;
}

const awayText = user => `away, ${countdown(awaySince.get(user) + grace - game.serverTime)} to come back`;

setInterval(() => {
  for (const place of document.querySelectorAll('[data-away]')) place.textContent = awayText(Number(place.dataset.away));
}, 500);

/** Creates an element with a side's captured pieces. */
function captured(side, number) {
  const made = element('span', { className: 'captured', role: 'img', 'aria-label': number === 0 ? 'has taken nothing' : `has taken ${number}` });
  for (let i = 0; i < number; i++) made.append(element('i', { className: side === 0 ? 'black' : 'white' }));
  return made;
}

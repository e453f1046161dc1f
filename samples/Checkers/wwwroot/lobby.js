// The lobby: new games, games of others, and files.

import { $, bdi, element, say } from './dom.js';
import { read } from './pdn.js';
import { newGameRoom, queueOf } from './rooms.js';
import { plan } from './seatbox.js';
import { attempt, matchmaking } from './server.js';
import { nameOf } from './strips.js';
import { formatClock } from './rooms.js';
import { keep, recall } from './storage.js';
import { reasonOf } from './words.js';

const period = 3000;
const form = $('new');
const report = text => say($('lobby-notice'), text);
let listed = '';
let openFile = () => {};

export const listen = handler => (openFile = handler);

// --- A new game ---

const chosen = name => form.elements[name].value;
const clock = () => (chosen('clock') === 'custom' ? `${chosen('minutes')}+${chosen('seconds')}` : chosen('clock'));
const side = () => ({ black: 0, white: 1 })[chosen('side')] ?? crypto.getRandomValues(new Uint8Array(1))[0] % 2;

function create(kind, level) {
  if (!form.reportValidity()) return;
  report('');
  keep('new', { clock: chosen('clock'), side: chosen('side') });
  const room = newGameRoom(kind);
  plan(room, { seat: side(), clock: clock(), text: chosen('fen').trim(), level });
  location.hash = room;
}

const before = recall('new');
for (const [name, value] of Object.entries(before ?? {})) if (form.elements[name]) form.elements[name].value = value;
const showCustom = () => ($('custom').hidden = chosen('clock') !== 'custom');
form.addEventListener('change', showCustom);
showCustom();

form.addEventListener('submit', event => event.preventDefault());
$('friend').addEventListener('click', () => create('link'));
$('anybody').addEventListener('click', () => create('open'));
for (const button of form.querySelectorAll('[data-level]')) button.addEventListener('click', () => create('solo', button.dataset.level));

// --- The queue ---

$('seek').addEventListener('click', () => {
  if (chosen('clock') === 'custom') return report('Choose one of the usual time controls for the queue.');
  report('');
  attempt(() => matchmaking.seek(queueOf(clock()), 1500), report);
});
$('stop-seeking').addEventListener('click', () => attempt(() => matchmaking.cancel(), report));

matchmaking.on('view', ({ seeking }) => {
  const had = $('seeking').contains(document.activeElement) || document.activeElement === $('seek');
  $('seeking').hidden = seeking === undefined;
  $('seek').hidden = seeking !== undefined;
  if (seeking) say($('seeking-text'), `Looking for an opponent, ${seeking.match(/\d+/g).join('+')}…`);
  if (had) $(seeking ? 'stop-seeking' : 'seek').focus();
});
matchmaking.on('matched', ({ room }) => (location.hash = room));

// --- Games of others ---

/** Requests the list of games. */
export async function refresh() {
  let games;
  try {
    const reply = await fetch('games');
    if (!reply.ok) return;
    games = await reply.json();
  } catch {
    // The connection's state shows the problem.
    return;
  }
  const text = JSON.stringify(games);
  if (text === listed) return;
  listed = text;
  fill('open', games.open, openRow, 'Nobody is waiting. Open a game, and others see it here.');
  fill('running', games.running, runningRow, 'No game is being played.');
  fill('finished', games.finished, finishedRow, 'No game has been played yet.');
}

function fill(id, games, row, empty) {
  const focused = document.activeElement?.closest(`#${id} a`)?.href;
  $(id).replaceChildren(...(games.length > 0 ? games.map(row) : [element('li', { className: 'empty', textContent: empty })]));
  [...$(id).querySelectorAll('a')].find(link => link.href === focused)?.focus();
}

const players = game => [0, 1].map(seat => nameOf(seat === 0 ? { nick: game.black, bot: game.blackBot } : { nick: game.white, bot: game.whiteBot }));
const clockOf = game => element('span', { className: 'tag', textContent: formatClock(game) });

function row(href, names, details, verb) {
  return element('li', {}, element('a', { href: `#${href}` }, element('span', { className: 'players' }, ...names), element('span', { className: 'details' }, ...details), element('span', { className: 'verb', textContent: verb })));
}

function openRow(game) {
  const [black, white] = players(game);
  return row(game.room, [element('span', { className: `disc ${black ? 'black' : 'white'}` }), bdi(black ?? white)], [clockOf(game)], 'Join');
}

const pair = ([black, white]) => [element('span', { className: 'disc black' }), bdi(black ?? 'Black'), element('span', { className: 'disc white' }), bdi(white ?? 'White')];

const runningRow = game => row(game.room, pair(players(game)), [clockOf(game)], 'Watch');

function finishedRow(game) {
  const names = players(game);
  const result = { winners: game.winner === undefined ? [] : [game.winner], reason: game.reason };
  const title = game.winner === undefined ? 'Draw' : `${names[game.winner] ?? ['Black', 'White'][game.winner]} won`;
  const item = row(`game/${game.room}/${game.number}`, pair(names), [bdi(title)], 'Replay');
  item.firstElementChild.title = reasonOf(result, names);
  return item;
}

setInterval(() => $('lobby').hidden || document.hidden || void refresh(), period);

// --- Files ---

$('file').addEventListener('change', async () => {
  const [file] = $('file').files;
  if (!file) return;
  try {
    const games = await read(await file.text());
    if (games.length === 0) return report('There is no game in this file.');
    report('');
    openFile(file.name, games);
  } catch (error) {
    report(error instanceof TypeError ? 'The server cannot be reached. Please try again.' : error.message);
  } finally {
    $('file').value = '';
  }
});

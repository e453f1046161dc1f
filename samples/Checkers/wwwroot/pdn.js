// Games as PDN files.

import { element } from './dom.js';
import { start } from './position.js';

const lineLength = 80;
const results = { 0: '1-0', 1: '0-1' };

const tag = (name, value) => `[${name} "${value.replaceAll('\\', '').replaceAll('"', "'")}"]`;

/**
 * Formats a game. The first number of a result belongs to Black, who moves first.
 * @param players The names of Black and White.
 * @param result The result in a view; undefined for a running game.
 */
export function write(boards, players, result, date = new Date()) {
  const end = !result || result.reason === 'aborted' ? '*' : results[result.winners[0]] ?? '1/2-1/2';
  const { position } = boards[0];
  const head = [
    tag('Event', 'Checkers'), tag('Date', date.toISOString().slice(0, 10).replaceAll('-', '.')), tag('Black', players[0] ?? '?'), tag('White', players[1] ?? '?'), tag('Result', end), tag('GameType', '21'),
    ...(sorted(position) === start ? [] : [tag('SetUp', '1'), tag('FEN', position)]),
  ];
  const first = position[0] === 'B' ? 0 : 1;
  const words = boards.slice(1).flatMap(({ last }, i) => [...((i + first) % 2 === 0 ? [`${(i + first) / 2 + 1}.`] : i === 0 ? ['1...'] : []), last]);
  return `${head.join('\n')}\n\n${wrap([...words, end])}\n`;
}

const sorted = fen => fen.split(':').map(part => (part.length > 1 ? part[0] + part.slice(1).split(',').sort((a, b) => a - b).join() : part)).join(':');

function wrap(words) {
  const lines = [''];
  for (const word of words) {
    if (lines.at(-1).length + word.length >= lineLength) lines.push('');
    lines[lines.length - 1] += (lines.at(-1) && ' ') + word;
  }
  return lines.join('\n');
}

/** Makes the browser save a file. */
export function save(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/vnd.pdn' }));
  element('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Lets the server read a file.
 * @returns The games, with their boards up to the end or the first fault.
 */
export async function read(text) {
  const reply = await fetch('pdn', { method: 'POST', body: text });
  if (!reply.ok) throw new Error(reply.status === 413 ? 'The file is longer than 256 KiB.' : 'The server cannot read the file.');
  return reply.json();
}

/** Loads a finished game of the list. */
export async function load(room, number) {
  const reply = await fetch(`games/${encodeURIComponent(room)}/${number}`);
  if (!reply.ok) throw new Error('This game is no longer stored.');
  return reply.json();
}

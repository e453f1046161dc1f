// Replays of a game of the list or of the games of a file.

import { $, bdi, element, say } from './dom.js';
import { load } from './pdn.js';
import { showReplay } from './table.js';

const winners = { '1-0': [0], '0-1': [1], '2-0': [0], '0-2': [1] };

/**
 * Shows a game of the list.
 * @throws Error The game is no longer stored.
 */
export async function showFinished(room, number) {
  const [game] = await load(room, number);
  showGames('', [game]);
}

/** Shows the games of a file, starting with the first one. */
export function showGames(name, games) {
  $('games').hidden = games.length < 2;
  $('games-title').textContent = name;
  $('games-list').replaceChildren(...games.map((game, i) => item(game, i, games)));
  show(games[0]);
}

function item(game, i, games) {
  const button = element('button', { type: 'button', className: 'quiet' }, `${game.number}. `, bdi(game.tags.Black ?? 'Black'), ' – ', bdi(game.tags.White ?? 'White'), ` ${game.result}`, ...(game.fault ? [element('span', { className: 'error', textContent: ' has a fault' })] : []));
  button.addEventListener('click', () => show(games[i], button));
  if (i === 0) button.setAttribute('aria-current', 'true');
  return element('li', {}, button);
}

function show({ tags, boards, result, fault }, button) {
  if (button) {
    for (const other of $('games-list').querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
    button.setAttribute('aria-current', 'true');
  }
  const head = [tags.Event, tags.Date, result].filter(text => text && text !== '?').join(' · ');
  showReplay({ players: [tags.Black ?? 'Black', tags.White ?? 'White'], boards, result: winners[result] ? { winners: winners[result], reason: 'pdn' } : undefined, title: head });
  say($('notice'), fault ?? '');
}

// The chat and the spectators.

import { $, bdi, element, say } from './dom.js';
import { attempt, client, game } from './server.js';

const mostLines = 300;
const lines = $('lines');

function add(line) {
  const isAtEnd = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 24;
  lines.append(line);
  if (lines.children.length > mostLines) lines.firstElementChild.remove();
  if (isAtEnd) lines.scrollTop = lines.scrollHeight;
  $('talk').classList.add('has-lines');
}

/** Adds a line about an event. */
export const note = (...parts) => add(element('p', { className: 'note' }, ...parts));

client.on('entered', ({ again }) => {
  if (again) lines.querySelectorAll('.message').forEach(line => line.remove());
  else lines.replaceChildren();
  showPeople();
});

client.on('message', ({ sender, text }) => {
  if (!sender) return note(text);
  const seat = game.view?.seats.findIndex(({ user }) => user === sender.id) ?? -1;
  const own = sender.id === client.roster.self?.id;
  add(element('p', { className: `message${own ? ' own' : ''}` }, bdi(sender.nick, `sender${seat === 0 ? ' black' : seat === 1 ? ' white' : ''}`), ' ', element('span', { className: 'text', textContent: text, dir: 'auto' })));
});

client.on('refused', ({ error }) => say($('talk-error'), error.text || 'That could not be sent.'));

for (const change of ['added', 'removed', 'presence']) client.roster.on(change, () => queueMicrotask(showPeople));
game.on('view', showPeople);

/** Shows the members without a seat. */
export function showPeople() {
  const players = new Set(game.view?.seats.map(({ user }) => user) ?? []);
  const watching = client.roster.users.filter(({ id }) => !players.has(id));
  const names = watching.flatMap((user, i) => [i > 0 ? ', ' : '', bdi(user === client.roster.self ? 'you' : user.nick)]);
  $('watching').replaceChildren(...(watching.length > 0 ? [`${watching.length} watching: `, ...names] : []));
}

$('say').addEventListener('submit', async event => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  $('text').value = '';
  say($('talk-error'), '');
  await attempt(() => client.say(text), why => {
    say($('talk-error'), why);
    $('text').value ||= text;
  });
});

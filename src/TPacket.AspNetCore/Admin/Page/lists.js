// The lists of rooms and of connections.

import { read } from './api.js';
import { $, bdi, bytes, duration, element, number, plural, reconcile, write } from './dom.js';
import { serverNow } from './servers.js';

const PAGE_SIZE = 100;
const MAX_ROWS = 1000;

/** The selected room; null for all connections. */
let selected = null;
let roomLimit = PAGE_SIZE;
let connectionLimit = PAGE_SIZE;
let handlers = {};

export const selectedRoom = () => selected;

/** Adds the handlers of the controls. `changed` is called when the selection changes, `kick` with a connection. */
export function addHandlers({ changed, kick }) {
  handlers = { changed, kick };
  $('room-prefix').addEventListener('input', () => { roomLimit = PAGE_SIZE; changed(); });
  $('text').addEventListener('input', () => { connectionLimit = PAGE_SIZE; changed(); });
  $('slow').addEventListener('change', () => { connectionLimit = PAGE_SIZE; changed(); });
  $('more-rooms').addEventListener('click', () => { roomLimit = Math.min(MAX_ROWS, roomLimit + PAGE_SIZE); changed(); });
  $('more-connections').addEventListener('click', () => { connectionLimit = Math.min(MAX_ROWS, connectionLimit + PAGE_SIZE); changed(); });
  $('any-room').addEventListener('click', () => { selectRoom(null); $('room-prefix').focus(); });
}

/** Selects a room to show its members, or null for all connections. */
export function selectRoom(room) {
  selected = room;
  connectionLimit = PAGE_SIZE;
  $('room-actions').hidden = room === null;
  $('connections-title').replaceChildren(...room === null ? ['Connections'] : ['In ', bdi(room)]);
  for (const button of $('rooms').querySelectorAll('button')) button.ariaCurrent = button.room === room ? 'true' : null;
  handlers.changed();
}

/** Loads and shows both lists for the current selection. */
export async function load() {
  const requested = [roomLimit, connectionLimit, selected];
  const [rooms, connections] = await Promise.all([
    read('rooms', { prefix: $('room-prefix').value, limit: roomLimit }),
    read('connections', { room: selected, text: $('text').value.trim(), slow: $('slow').checked, limit: connectionLimit }),
  ]);
  // The selection has changed meanwhile; the lists are loaded again.
  if (requested.some((value, i) => value !== [roomLimit, connectionLimit, selected][i])) return;
  reconcile($('rooms'), rooms.rooms, room => room.name, createRoom, updateRoom);
  $('no-rooms').hidden = rooms.rooms.length > 0;
  showMore($('more-rooms'), rooms.hasMore, roomLimit);
  reconcile($('connection-rows'), connections.connections, connection => connection.id, createConnection, updateConnection);
  $('no-connections').hidden = connections.connections.length > 0;
  $('connections').hidden = connections.connections.length === 0;
  showMore($('more-connections'), connections.hasMore, connectionLimit);
}

function showMore(button, hasMore, limit) {
  button.hidden = !hasMore;
  button.disabled = limit === MAX_ROWS;
  if (limit === MAX_ROWS) write(button, `Showing the first ${number(MAX_ROWS)}`);
}

function createRoom({ name }) {
  const count = element('span', 'number');
  const readers = element('span', 'for-readers');
  const button = element('button', 'quiet', bdi(name), count, readers);
  count.ariaHidden = 'true';
  button.room = name;
  button.ariaCurrent = name === selected ? 'true' : null;
  button.addEventListener('click', () => selectRoom(name === selected ? null : name));
  return element('li', '', button);
}

function updateRoom(item, { memberCount }) {
  write(item.querySelector('.number'), number(memberCount));
  write(item.querySelector('.for-readers'), `, ${plural(memberCount, 'member', 'members')}`);
}

function createConnection(connection) {
  const button = element('button', 'secondary', 'Kick');
  button.addEventListener('click', () => handlers.kick(button.connection));
  const row = element('tr', '',
    cell('user', element('span', 'nick', bdi('')), element('span', 'soft id')),
    cell('room', bdi('')), cell('address', ''), cell('time', ''), cell('waiting', ''), cell('action', button));
  // On narrow pages the style sheet removes the table layout; the roles keep the table for screen readers.
  row.role = 'row';
  for (const child of row.children) child.role = 'cell';
  return row;
}

const cell = (className, ...children) => element('td', className, ...children);

function updateConnection(row, connection) {
  const { id, nick, room, principal, address, since, isAway, backlogBytes } = connection;
  write(row.querySelector('.nick bdi'), nick);
  write(row.querySelector('.id'), `${principal && principal !== nick ? `${principal} · ` : ''}${id}`);
  write(row.querySelector('.room bdi'), room ?? '');
  write(row.querySelector('.address'), isAway ? 'away' : address ?? '–');
  write(row.querySelector('.time'), isAway ? '–' : duration((serverNow() - Date.parse(since)) / 1000));
  write(row.querySelector('.waiting'), backlogBytes === null ? '' : bytes(backlogBytes));
  row.classList.toggle('slow', backlogBytes !== null);
  row.classList.toggle('away', isAway);
  const button = row.querySelector('button');
  button.connection = connection;
  button.ariaLabel = `Kick ${nick}`;
}

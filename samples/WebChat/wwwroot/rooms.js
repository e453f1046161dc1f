// The list of rooms.

import { bdi, element } from './lines.js';

const $ = id => document.getElementById(id);

const rooms = new Map(); // The buttons by room name. They are reused, so that the focus stays when the list changes.

/** Shows the number of a room's members. */
export const countRoom = (name, count) => rooms.get(name)?.count(count);

/**
 * Requests and shows the rooms.
 * @param here the page's room and the number of its members
 * @param go called with the name of a chosen room
 */
export async function loadRooms(here, go) {
  let list;
  try {
    const response = await fetch('rooms');
    if (!response.ok) return;
    list = await response.json();
  } catch {
    // The connection's state shows the problem.
    return;
  }
  if (here.name !== undefined && !list.some(({ name }) => name === here.name)) list.unshift(here);
  for (const name of rooms.keys()) if (!list.some(room => room.name === name)) rooms.delete(name);
  for (const { name, members } of list) {
    if (!rooms.has(name)) rooms.set(name, roomButton(name, go));
    rooms.get(name).count(members);
    rooms.get(name).button.ariaCurrent = name === here.name ? 'true' : null;
  }
  const items = list.map(({ name }) => rooms.get(name).item);
  if (items.length !== $('rooms').childElementCount || items.some((item, i) => item !== $('rooms').children[i])) {
    const focus = document.activeElement;
    $('rooms').replaceChildren(...items);
    if ($('rooms').contains(focus)) focus.focus();
  }
  $('known-rooms').replaceChildren(...list.map(({ name }) => Object.assign(document.createElement('option'), { value: name })));
}

function roomButton(name, go) {
  const number = element('span', 'number');
  const readers = element('span', 'for-readers');
  const button = element('button', 'quiet', bdi(name), number, readers);
  number.ariaHidden = 'true';
  button.addEventListener('click', () => go(name));
  return {
    item: element('li', '', button),
    button,
    count(members) {
      number.textContent = members;
      readers.textContent = members === 1 ? ', 1 person' : `, ${members} people`;
    },
  };
}

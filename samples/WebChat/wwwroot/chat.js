import { ConnectionError, PacketErrorCode, RequestError, TPacketClient } from './tpacket-client.min.js';

// Whatever people write goes into text nodes (textContent, append), never through a parser.

const $ = id => document.getElementById(id);
const door = $('door'), chat = $('chat'), side = $('side'), log = $('log'), lines = $('lines'), text = $('text');

const mostLines = 500;
const policyViolation = 1008;
const roomsPeriod = 5000;
const phone = matchMedia('(max-width: 719px)');

const server = new URL('chat', location.href);
server.protocol = server.protocol.replace('http', 'ws');
server.hash = '';
const client = new TPacketClient(server.href, { reconnect: { maxDelay: 8000 } });

let said = []; // `nick: text` of what stands in the log, as history has it.
let arriving; // What has come since the room was entered, until its history is complete.
let unread = 0;
let wasReady = false; // Since the connection was lost last.
const sent = new Map(); // By their uids: own messages that have not come back.

// --- The door ---

$('nick').value = recall('nick') ?? '';
$('room').value = roomOfAddress() || 'lobby';
($('nick').value ? $('enter') : $('nick')).focus();

$('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const nick = $('nick').value.trim(), room = $('room').value.trim();
  if (!nick) return refuse('Please enter a name.', 'nick');
  if (!room) return refuse('Please enter a room.', 'room');
  refuse('');
  $('enter').disabled = true;
  $('enter').textContent = 'Entering…';
  try {
    await client.connect(nick, room);
    keep('nick', nick);
    text.focus();
  } catch (error) {
    refuse(explain(error), isAboutRoom(error) ? 'room' : 'nick');
  } finally {
    $('enter').disabled = false;
    $('enter').textContent = 'Enter';
  }
});

function refuse(why, field) {
  $('door-error').textContent = why;
  for (const id of ['nick', 'room']) $(id).ariaInvalid = id === field ? 'true' : null;
  if (field) $(field).select();
}

$('leave').addEventListener('click', () => client.close());

// A browser that blocks a site's data throws where the page asks for it.

function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The next visit begins without it.
  }
}

function roomOfAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

// --- The connection ---

client.on('state', state => {
  const seeking = state.name === 'reconnecting' || (state.name === 'connecting' && state.attempt > 0);
  const [name, words] =
    state.name === 'ready' ? ['ready', 'Connected'] : seeking ? ['lost', 'Connection lost. Reconnecting…'] : ['busy', 'Connecting…'];
  $('state').dataset.state = name;
  // A status that stays the same is not read out again.
  if ($('state-text').textContent !== words) $('state-text').textContent = words;
  $('send').disabled = state.name !== 'ready';

  if (state.name === 'ready') {
    wasReady = true;
    settle();
  }
  if (state.name === 'reconnecting') {
    if (wasReady) quiet('Connection lost');
    wasReady = false;
    giveBack();
  }
  if (state.name === 'closed') closeChat(state.reason);
});

function closeChat(reason) {
  if (chat.hidden) return;
  giveBack();
  chat.hidden = true;
  door.hidden = false;
  toggleSide(false);
  clearLog();
  document.title = 'WebChat';
  refuse(reason ? explain(reason) : '');
  $('room').value = roomOfAddress() || 'lobby';
  $('nick').focus();
}

function explain(error) {
  if (error instanceof ConnectionError && error.closeCode === policyViolation) return 'The server has ended the connection.';
  if (!(error instanceof RequestError)) return 'The server cannot be reached. Please try again.';
  if (error.code === PacketErrorCode.NickTaken) return 'Somebody here has that name. Please take another.';
  if (error.code === PacketErrorCode.MessageTooLong) return 'That message is too long.';
  return error.text || 'The server has refused that.';
}

function isAboutRoom(error) {
  return error.code === PacketErrorCode.RoomNameInvalid || error.code === PacketErrorCode.RoomNameTooLong;
}

// --- The room ---

client.on('entered', ({ room, again }) => {
  if (!again) clearLog();
  arriving = { again, history: [], live: [] };
  log.setAttribute('aria-busy', 'true');
  door.hidden = true;
  chat.hidden = false;
  $('room-name').textContent = room;
  history.replaceState(null, '', `#${encodeURIComponent(room)}`);
  showUnread();
  showPeople();
  loadRooms();
});

client.on('message', event => (arriving && event.history ? arriving.history.push(event.text) : tell(event)));
client.on('joined', tell);
client.on('left', tell);

function tell(event) {
  if (arriving) return void arriving.live.push(event);
  if (event.type !== 'message') return quiet(` ${event.type}`, event.user.nick);
  const { sender, text } = event;
  if (!sender) return quiet(text);
  const own = sender.id === client.roster.self?.id;
  message(sender.nick, text, own);
  remember(`${sender.nick}: ${text}`);
  if (own) sent.delete(sent.keys().next().value);
  else count();
}

/** The history is complete. After a reconnect only what was missed is added; if the server was restarted, that is all of it. */
function settle() {
  if (!arriving) return;
  const { again, history, live } = arriving;
  arriving = undefined;
  let known = Math.min(said.length, history.length);
  while (known > 0 && history.slice(0, known).some((line, i) => line !== said[said.length - known + i])) known--;
  for (const line of history.slice(known)) {
    const end = line.indexOf(': ');
    if (end < 0) quiet(line);
    else message(line.slice(0, end), line.slice(end + 2), false);
    remember(line);
  }
  quiet(again ? 'Connected again' : `You are in ${client.state.room}`);
  if (!again) toEnd();
  log.removeAttribute('aria-busy');
  live.forEach(tell);
}

client.on('refused', ({ error }) => {
  $('notice').textContent = explain(error);
  const refused = sent.get(error.uid);
  sent.delete(error.uid);
  if (refused !== undefined && !text.value) text.value = refused;
});

for (const change of ['added', 'removed', 'counted']) client.roster.on(change, () => queueMicrotask(showPeople));

function showPeople() {
  const { users, self, count } = client.roster;
  const people = users.map(user => {
    const you = user === self;
    const item = element('li', you ? 'you' : '', badge(user.nick), bdi(user.nick));
    if (you) item.append(element('span', 'soft', 'you'));
    return item;
  });
  if (count > users.length) people.push(element('li', 'soft', `and ${count - users.length} more`));
  $('people').replaceChildren(...people);
  $('people-title').textContent = `People · ${count}`;
  $('count').textContent = count === 1 ? '1 person' : `${count} people`;
  const here = client.state.room;
  if (here !== undefined) rooms.get(here)?.count(count);
}

// --- What is said ---

$('say').addEventListener('submit', event => {
  event.preventDefault();
  if (!text.value.trim() || client.state.name !== 'ready') return;
  try {
    const words = text.value.trimEnd();
    sent.set(client.say(words), words);
    text.value = '';
    $('notice').textContent = '';
    toEnd();
  } catch {
    $('notice').textContent = 'That could not be sent. Please try again.';
  }
  text.focus();
});

text.addEventListener('keydown', event => {
  // While an input method composes a word, Enter is for it.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('say').requestSubmit();
});

/** What was sent and has not come back may be lost: it is the user's again. */
function giveBack() {
  if (sent.size > 0 && !text.value) text.value = [...sent.values()].join('\n');
  sent.clear();
}

function message(nick, words, own) {
  const last = lines.lastElementChild;
  const follows = last?.classList.contains('message') && last.dataset.nick === nick && last.classList.contains('own') === own;
  const line = element('div', `message${own ? ' own' : ''}${follows ? ' follows' : ''}`);
  line.dataset.nick = nick;
  // A message that follows one of the same sender does not show the name again, and says it to those who listen.
  line.append(badge(nick), element('span', 'nick', bdi(nick), element('span', 'for-readers', ': ')));
  const body = element('p', 'text', words);
  body.dir = 'auto';
  line.append(body);
  add(line);
}

function quiet(words, nick) {
  add(element('p', 'quiet', ...(nick === undefined ? [] : [bdi(nick)]), words));
}

function add(line) {
  const stays = isAtEnd();
  lines.append(line);
  while (lines.childElementCount > mostLines) lines.firstElementChild.remove();
  if (stays) toEnd();
}

function remember(line) {
  said.push(line);
  if (said.length > mostLines) said.shift();
}

function clearLog() {
  lines.replaceChildren();
  said = [];
  seen();
}

// --- Unread ---

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
const isSeen = () => !document.hidden && document.hasFocus() && isAtEnd();

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

/** Called when a message has come from somebody else. */
function count() {
  if (isSeen()) return;
  if (unread++ === 0) {
    const stays = isAtEnd();
    lines.querySelector('.new')?.remove();
    lines.lastElementChild.before(element('p', 'quiet new', 'New'));
    lines.lastElementChild.classList.remove('follows');
    if (stays) toEnd();
  }
  showUnread();
}

function seen() {
  if (unread === 0) return;
  unread = 0;
  showUnread();
}

function showUnread() {
  const room = client.state.room ?? $('room-name').textContent;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${room} – WebChat`;
  $('unread').hidden = unread === 0 || isAtEnd();
  $('unread').textContent = unread === 1 ? '1 new message ↓' : `${unread} new messages ↓`;
}

for (const [target, name] of [[log, 'scroll'], [window, 'focus'], [document, 'visibilitychange']])
  target.addEventListener(name, () => isSeen() && seen());
$('unread').addEventListener('click', () => {
  toEnd();
  text.focus();
});
// A keyboard that slides in, or a text that grows, hides nothing of what was in view.
let wasAtEnd = true;
log.addEventListener('scroll', () => (wasAtEnd = isAtEnd()));
new ResizeObserver(() => wasAtEnd && toEnd()).observe(log);

// --- Rooms ---

const rooms = new Map(); // The buttons by the rooms' names, so that the one with the focus stays when the list is renewed.

async function loadRooms() {
  let list;
  try {
    const response = await fetch('rooms');
    if (!response.ok) return;
    list = await response.json();
  } catch {
    // The connection's state tells more.
    return;
  }
  const here = client.state.room;
  if (here !== undefined && !list.some(({ name }) => name === here)) list.unshift({ name: here, members: client.roster.count });
  for (const name of rooms.keys()) if (!list.some(room => room.name === name)) rooms.delete(name);
  for (const { name, members } of list) {
    if (!rooms.has(name)) rooms.set(name, roomButton(name));
    rooms.get(name).count(members);
    rooms.get(name).button.ariaCurrent = name === here ? 'true' : null;
  }
  const items = list.map(({ name }) => rooms.get(name).item);
  if (items.length !== $('rooms').childElementCount || items.some((item, i) => item !== $('rooms').children[i])) {
    const focus = document.activeElement;
    $('rooms').replaceChildren(...items);
    if ($('rooms').contains(focus)) focus.focus();
  }
  $('known-rooms').replaceChildren(...list.map(({ name }) => Object.assign(document.createElement('option'), { value: name })));
}

function roomButton(name) {
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

$('other-room').addEventListener('submit', event => {
  event.preventDefault();
  const name = $('other').value.trim();
  if (name) go(name);
});

async function go(name) {
  if (client.state.name !== 'ready') return;
  try {
    if (name !== client.state.room) await client.join(name);
    $('other').value = '';
    $('notice').textContent = '';
    toggleSide(false);
    text.focus();
  } catch (error) {
    if (error instanceof RequestError) $('notice').textContent = explain(error);
  }
}

function toggleSide(open) {
  chat.classList.toggle('side-open', open);
  $('toggle').setAttribute('aria-expanded', open);
}

$('toggle').addEventListener('click', () => toggleSide(!chat.classList.contains('side-open')));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !chat.classList.contains('side-open')) return;
  toggleSide(false);
  $('toggle').focus();
});
phone.addEventListener('change', () => toggleSide(false));

loadRooms();
setInterval(() => document.hidden || loadRooms(), roomsPeriod);

// --- Elements ---

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Text of whichever direction, which changes that of nothing beside it. */
function bdi(words) {
  return element('bdi', '', words);
}

function badge(nick) {
  const [first] = new Intl.Segmenter().segment(nick);
  const made = element('span', 'badge', first?.segment.toLocaleUpperCase() ?? '');
  made.ariaHidden = 'true';
  let hash = 0;
  for (const unit of nick) hash = (hash * 31 + unit.codePointAt(0)) >>> 0;
  made.dataset.hue = hash % 8;
  return made;
}

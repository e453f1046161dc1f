import { badge, bdi, element, group, isAtEnd, lines, log, mark, message, mostLines, place, quiet, stamp, toEnd } from './lines.js';
import { ConnectionError, PacketErrorCode, RequestError, TimeoutError, TPacketClient } from './tpacket-client.min.js';

// Whatever people write goes into text nodes (textContent, append), never through a parser.

const $ = id => document.getElementById(id);
const door = $('door'), chat = $('chat'), side = $('side'), text = $('text');

const policyViolation = 1008;
const roomsPeriod = 5000;
const phone = matchMedia('(max-width: 719px)');

const server = new URL('chat', location.href);
server.protocol = server.protocol.replace('http', 'ws');
server.hash = '';
const client = new TPacketClient(server.href, { reconnect: { maxDelay: 8000 } });

const shown = new Set(); // Offset and time of the messages that stand in the log.
let arriving; // What has happened since the room was entered, until its history is complete.
let unread = 0;
let wasReady = false; // Since the connection was lost last.
let sending = []; // Own messages that have not come back, the oldest first; their lines are the last of the log.

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
    if (wasReady) quiet({}, 'Connection lost');
    wasReady = false;
  }
  if (state.name === 'closed') closeChat(state.reason);
});

function closeChat(reason) {
  if (chat.hidden) return;
  giveBack(sending, '');
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
  // A room that begins anew by itself is there already.
  if (client.state.name === 'joining') {
    arriving = { again, live: [] };
    log.setAttribute('aria-busy', 'true');
  }
  door.hidden = true;
  chat.hidden = false;
  $('room-name').textContent = room;
  history.replaceState(null, '', `#${encodeURIComponent(room)}`);
  showUnread();
  showPeople();
  loadRooms();
});

client.on('message', event => (event.history ? recount(event) : tell(event)));
client.on('joined', tell);
client.on('left', tell);

function tell(event) {
  if (arriving) return void arriving.live.push(event);
  if (event.type !== 'message') return quiet(event, ` ${event.type}`, event.user.nick);
  const { sender, text } = event;
  remember(event);
  if (!sender) return quiet(event, text);
  const own = sender.id === client.roster.self?.id;
  if (own && comesBack(event)) return;
  const line = message(event, own);
  if (!own) count(line);
}

/** A message of the history. After a reconnect only what was missed is added; if the server was restarted, that is all of it. */
function recount(event) {
  if (shown.has(keyOf(event))) return;
  remember(event);
  const { sender, text } = event;
  if (!sender) return quiet(event, text);
  // The same user has another id when it comes back, and may have been heard although nobody has told it so.
  const own = sender.id === client.roster.self?.id || (sender.nick === client.roster.self?.nick && sending.some(({ words, lost }) => lost && words === text));
  if (!own || !comesBack(event)) message(event, own);
}

/** The history is complete. */
function settle() {
  if (!arriving) return;
  const { again, live } = arriving;
  arriving = undefined;
  giveBack(sending.filter(({ lost }) => lost), 'Your last message has not arrived. Please send it again.');
  quiet({}, again ? 'Connected again' : `You are in ${client.state.room}`);
  if (!again) toEnd();
  log.removeAttribute('aria-busy');
  live.forEach(tell);
}

client.on('refused', ({ error }) => {
  // Where there are receipts, the promise of the message says the same.
  const sent = sending.find(({ uid }) => uid === error.uid);
  if (sent) refused(sent, error);
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
  say(text.value.trimEnd());
  text.value = '';
  $('notice').textContent = '';
  toEnd();
  text.focus();
});

text.addEventListener('keydown', event => {
  // While an input method composes a word, Enter is for it.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('say').requestSubmit();
});

/** Shows an own message at once; its mark tells when the server has it. */
function say(words) {
  const line = message({ sender: { nick: client.roster.self?.nick ?? '' }, text: words, time: Date.now() }, true, true);
  const sent = { words, line, uid: undefined, awaitsReceipt: true, lost: false };
  mark(line, 'sending', 'Sending');
  sending.push(sent);
  client.say(words).then(
    ({ uid, offset, time }) => {
      if (offset !== undefined) return delivered(sent, time);
      // Without receipts, what comes back is all that tells.
      sent.uid = uid;
      sent.awaitsReceipt = false;
    },
    error => failed(sent, error),
  );
}

function failed(sent, error) {
  sent.awaitsReceipt = false;
  if (error instanceof RequestError) return refused(sent, error);
  // It may still come back.
  if (error instanceof TimeoutError) return;
  // Whether the server has it, the history tells when the client is back.
  if (client.state.name !== 'ready') return void (sent.lost = true);
  giveBack([sent], 'That could not be sent. Please try again.');
}

function refused(sent, error) {
  remove(sent);
  const why = explain(error);
  mark(sent.line, 'refused', 'Not sent');
  sent.line.querySelector('.bubble').after(element('p', 'why', `Not sent. ${why}`));
  $('notice').textContent = why;
  if (!text.value) text.value = sent.words;
}

/**
 * An own message is in the log, and its line goes to its place there.
 * @returns False where it was not said here.
 */
function comesBack({ text: words, time }) {
  const sent = sending.find(sent => sent.words === words);
  if (!sent) return false;
  remove(sent);
  place(sent.line);
  if (time !== undefined) stamp(sent.line, time);
  if (!sent.awaitsReceipt) delivered(sent, time);
  return true;
}

function delivered(sent, time) {
  remove(sent);
  mark(sent.line, 'delivered', 'Delivered');
  if (time !== undefined) stamp(sent.line, time);
}

function remove(sent) {
  sending = sending.filter(other => other !== sent);
  sent.line.classList.remove('sending');
}

/** What the server does not have is the user's again. */
function giveBack(unsent, why) {
  if (unsent.length === 0) return;
  for (const sent of unsent) {
    remove(sent);
    const next = sent.line.nextElementSibling;
    sent.line.remove();
    if (next) group(next);
  }
  if (!text.value) text.value = unsent.map(({ words }) => words).join('\n');
  $('notice').textContent = why;
}

// --- The lines of the log ---

const keyOf = ({ offset, time }) => `${offset} ${time}`;

function remember(event) {
  if (event.offset === undefined) return;
  shown.add(keyOf(event));
  if (shown.size > mostLines) shown.delete(shown.values().next().value);
}

function clearLog() {
  lines.replaceChildren();
  shown.clear();
  sending = [];
  seen();
}

// --- Unread ---

const isSeen = () => !document.hidden && document.hasFocus() && isAtEnd();

/** Called when a message has come from somebody else. */
function count(line) {
  if (isSeen()) return;
  if (unread++ === 0) {
    const stays = isAtEnd();
    lines.querySelector('.new')?.remove();
    line.before(element('p', 'quiet new', 'New'));
    group(line);
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

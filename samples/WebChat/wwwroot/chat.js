import { explain, isAboutRoom } from './explain.js';
import { badge, bdi, element, isAtEnd, lines, log, message, mostLines, quiet, toEnd } from './lines.js';
import { comesBack, forgetOwn, giveBackAll, giveBackLost, refuseOwn, say, wasLost } from './own.js';
import { keepPlace, keepSeat, leaveSeat, restorePlace, seat, store } from './reload.js';
import { countRoom, loadRooms } from './rooms.js';
import { RequestError, TPacketClient } from './tpacket-client.min.js';
import { count, seen, showUnread } from './unread.js';

// Text of users goes into text nodes (textContent, append), never through an HTML parser.

const $ = id => document.getElementById(id);
const door = $('door'), chat = $('chat'), side = $('side'), text = $('text');

const roomsPeriod = 5000;
const phone = matchMedia('(max-width: 719px)');

const server = new URL('chat', location.href);
server.protocol = server.protocol.replace('http', 'ws');
server.hash = '';
const client = new TPacketClient(server.href, { reconnect: { maxDelay: 8000 }, session: { store } });

const shown = new Set(); // Offset and time of the shown messages.
let arriving; // The events since the room was entered, until its history is complete.
let wasReady = false; // Whether the client was ready since the connection was last lost.
let missed = 0; // The number of others' messages between the loss of the connection and the next ready state.
let countdown; // The timer while an attempt is delayed.

// --- The form ---

$('nick').value = recall('nick') ?? '';
$('room').value = roomOfAddress() || 'lobby';
($('nick').value ? $('enter') : $('nick')).focus();

$('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const nick = $('nick').value.trim(), room = $('room').value.trim();
  if (!nick) return refuse('Please enter a name.', 'nick');
  if (!room) return refuse('Please enter a room.', 'room');
  await enter(nick, room);
});

async function enter(nick, room) {
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
}

function refuse(why, field) {
  $('door-error').textContent = why;
  for (const id of ['nick', 'room']) $(id).ariaInvalid = id === field ? 'true' : null;
  if (field) $(field).select();
}

$('leave').addEventListener('click', () => client.close());

// A browser that blocks a site's data throws on access.

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
    // The next visit starts without the data.
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
  // Screen readers do not repeat an unchanged status.
  if ($('state-text').textContent !== words) $('state-text').textContent = words;
  $('send').disabled = state.name !== 'ready';
  showWait(state);

  if (state.name === 'ready') {
    settle();
    wasReady = true;
  }
  if (state.name === 'reconnecting') {
    if (wasReady) {
      quiet({}, 'Connection lost');
      missed = 0;
    }
    wasReady = false;
  }
  if (state.name === 'closed') closeChat(state.reason);
});

/** Counts down to the next attempt, outside of the live region. */
function showWait({ name, delay }) {
  clearInterval(countdown);
  const due = Date.now() + delay;
  const show = () => {
    const seconds = name === 'reconnecting' ? Math.ceil((due - Date.now()) / 1000) : 0;
    $('wait').textContent = seconds > 1 ? `Next attempt in ${seconds} s` : '';
  };
  show();
  if (name === 'reconnecting') countdown = setInterval(show, 1000);
}

function closeChat(reason) {
  leaveSeat();
  if (chat.hidden) return;
  giveBackAll();
  chat.hidden = true;
  door.hidden = false;
  toggleSide(false);
  clearLog();
  document.title = 'WebChat';
  refuse(reason ? explain(reason) : '');
  $('room').value = roomOfAddress() || 'lobby';
  $('nick').focus();
}

// --- The room ---

client.on('entered', ({ room, again }) => {
  keepSeat(client.roster.self?.nick, room);
  if (!again) clearLog();
  // A new snapshot of the same room keeps the shown lines.
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
  listRooms();
});

client.on('message', event => (event.history ? recount(event) : report(event)));
client.on('joined', report);
client.on('left', report);

function report(event) {
  if (arriving) return void arriving.live.push(event);
  if (event.type !== 'message') return quiet(event, ` ${event.type}`, event.user.nick);
  const { sender, text } = event;
  remember(event);
  if (!sender) return quiet(event, text);
  const own = sender.id === client.roster.self?.id;
  if (own && comesBack(event)) return;
  const line = message(event, own);
  line.dataset.at = keyOf(event);
  if (!own) count(line);
  if (!own && !wasReady) missed++;
}

/** Adds a message of the history. After a reconnect, adds only missed messages; after a restart of the server, all of them. */
function recount(event) {
  if (shown.has(keyOf(event))) return;
  remember(event);
  const { sender, text } = event;
  if (!sender) return quiet(event, text);
  // The user has another id now. Its last message may have been delivered although its receipt was lost.
  const own = sender.id === client.roster.self?.id || (sender.nick === client.roster.self?.nick && wasLost(text));
  if (own && comesBack(event)) return;
  message(event, own).dataset.at = keyOf(event);
  if (!own) missed++;
}

/** Handles the ready state. The history of a new snapshot is complete then. */
function settle() {
  if (!arriving) {
    if (!wasReady) tellReturn();
    return;
  }
  const { again, live } = arriving;
  arriving = undefined;
  giveBackLost('Your last message has not arrived. Please send it again.');
  if (again) tellReturn();
  else {
    quiet({}, `You are in ${client.state.room}`);
    restorePlace() || toEnd();
  }
  log.removeAttribute('aria-busy');
  live.forEach(report);
}

function tellReturn() {
  quiet({}, 'Connected again');
  if (missed > 0) quiet({}, missed === 1 ? '1 new message while you were away' : `${missed} new messages while you were away`);
}

client.on('refused', ({ error }) => refuseOwn(error));

for (const change of ['added', 'removed', 'counted', 'presence']) client.roster.on(change, () => queueMicrotask(showPeople));

function showPeople() {
  const { users, self, count } = client.roster;
  const people = users.map(user => {
    const you = user === self;
    const item = element('li', you ? 'you' : user.away ? 'away' : '', badge(user.nick), bdi(user.nick));
    if (you || user.away) item.append(element('span', 'soft', you ? 'you' : 'away'));
    return item;
  });
  if (count > users.length) people.push(element('li', 'soft', `and ${count - users.length} more`));
  $('people').replaceChildren(...people);
  $('people-title').textContent = `People · ${count}`;
  $('count').textContent = count === 1 ? '1 person' : `${count} people`;
  const here = client.state.room;
  if (here !== undefined) countRoom(here, count);
}

// --- Sending ---

$('say').addEventListener('submit', event => {
  event.preventDefault();
  if (!text.value.trim() || client.state.name !== 'ready') return;
  say(client, text.value.trimEnd());
  text.value = '';
  $('notice').textContent = '';
  toEnd();
  text.focus();
});

text.addEventListener('keydown', event => {
  // While an input method composes a word, Enter belongs to it.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('say').requestSubmit();
});

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
  forgetOwn();
  seen();
}

// Keeps the visible lines in view when a keyboard appears or the input grows.
let wasAtEnd = true;
log.addEventListener('scroll', () => (wasAtEnd = isAtEnd()));
new ResizeObserver(() => wasAtEnd && toEnd()).observe(log);

// --- Rooms ---

const listRooms = () => loadRooms({ name: client.state.room, members: client.roster.count }, go);

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

listRooms();
setInterval(() => document.hidden || listRooms(), roomsPeriod);

// --- Reload ---

addEventListener('pagehide', keepPlace);
const before = seat();
if (before) enter(before.nick, before.room);

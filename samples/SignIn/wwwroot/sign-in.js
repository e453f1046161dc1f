import { badge, bdi, element, lines, message, quiet, toEnd } from './lines.js';
import { address, me, signIn, signOut, tokens } from './server.js';
import { ConnectionError, RequestError, TPacketClient } from './tpacket-client.min.js';

// Text of users goes into text nodes (textContent, append), never through an HTML parser.

const $ = id => document.getElementById(id);
const door = $('door'), chat = $('chat'), text = $('text');
const policyViolation = 1008;

let wasReady = false; // Whether the client was ready since the connection was last lost.

const client = new TPacketClient(() => address($('way').value), { reconnect: { maxDelay: 8000 } });

// --- The form ---

$('room').value = 'lobby';
$('nick').focus();
// The browser may still have the cookie.
me().then(name => name && ($('nick').value ||= name), () => {});

$('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  refuse('');
  $('enter').disabled = true;
  try {
    const name = $('nick').value.trim();
    if (!(await signIn(name, $('password').value))) return refuse('Name or password is wrong.');
    await client.connect(name, $('room').value.trim());
    $('password').value = '';
    text.focus();
  } catch (error) {
    refuse(explain(error));
  } finally {
    $('enter').disabled = false;
  }
});

$('leave').addEventListener('click', async () => {
  client.close();
  await signOut();
});

function refuse(why) {
  $('door-error').textContent = why;
  if (why) $('password').select();
}

function explain(error) {
  if (error instanceof RequestError) return error.text || 'The server has rejected that.';
  if (error instanceof ConnectionError && error.httpStatus === 401) return 'You are no longer signed in.';
  if (error instanceof ConnectionError && error.closeCode === policyViolation) return 'You have signed out in another window, or the server has ended the connection.';
  return 'The server cannot be reached. Please try again.';
}

// --- The connection ---

client.on('state', state => {
  const seeking = state.name === 'reconnecting' || (state.name === 'connecting' && state.attempt > 0);
  const [name, words] =
    state.name === 'ready' ? ['ready', 'Connected'] : seeking ? ['lost', 'Connection lost. Reconnecting…'] : ['busy', 'Connecting…'];
  $('state').dataset.state = name;
  if ($('state-text').textContent !== words) $('state-text').textContent = words;
  $('send').disabled = state.name !== 'ready';
  if (state.name === 'reconnecting' && wasReady) quiet({}, 'Connection lost');
  if (state.name === 'ready' || state.name === 'reconnecting') wasReady = state.name === 'ready';
  if (state.name === 'ready') $('tokens').textContent = tokens() === 1 ? '1 token received' : `${tokens()} tokens received`;
  if (state.name === 'closed' && !chat.hidden) {
    wasReady = false;
    chat.hidden = true;
    door.hidden = false;
    lines.replaceChildren();
    refuse(state.reason ? explain(state.reason) : '');
    $('password').focus();
  }
});

// --- The room ---

client.on('entered', ({ room }) => {
  lines.replaceChildren();
  door.hidden = true;
  chat.hidden = false;
  $('room-name').textContent = room;
  showPeople();
});

client.on('message', event => (event.sender ? message(event, event.sender.id === client.roster.self?.id) : quiet(event, event.text)));
client.on('joined', event => quiet(event, ' joined', event.user.nick));
client.on('left', event => quiet(event, ' left', event.user.nick));

for (const change of ['added', 'removed', 'presence']) client.roster.on(change, () => queueMicrotask(showPeople));

function showPeople() {
  const { users, self } = client.roster;
  $('people').replaceChildren(...users.map(user => element('li', user === self ? 'you' : user.away ? 'away' : '', badge(user.nick), bdi(user.nick))));
}

$('say').addEventListener('submit', async event => {
  event.preventDefault();
  const words = text.value;
  if (!words.trim() || client.state.name !== 'ready') return;
  text.value = $('notice').textContent = '';
  toEnd();
  try {
    await client.say(words);
  } catch (error) {
    $('notice').textContent = explain(error);
    text.value ||= words;
  }
});

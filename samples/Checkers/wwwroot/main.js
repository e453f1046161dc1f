// Switches between the parts of the page, and connects.

import './sounds.js';
import './chat.js';
import { $, say } from './dom.js';
import * as lobby from './lobby.js';
import { isGameRoom, lobby as lobbyRoom } from './rooms.js';
import { attempt, client, connect, explain, game, nick, rename } from './server.js';
import { showRoom } from './table.js';
import { showFinished, showGames } from './viewer.js';

const retryPause = 2000;
let file; // The games of the shown file.

const target = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
};
const roomOf = place => (isGameRoom(place) ? place : lobbyRoom);
const isPlaying = () => game.view?.phase === 'running' && game.view.you !== undefined;

// --- Places ---

async function go() {
  const place = target();
  // Leaving a running game resigns it.
  if (isPlaying() && roomOf(place) !== client.state.room) {
    history.replaceState(null, '', `#${client.state.room}`);
    $('leave-dialog').returnValue = '';
    $('leave-dialog').showModal();
    $('leave-dialog').onclose = () => $('leave-dialog').returnValue === 'leave' && void leave(place);
    return;
  }
  await enter(place);
}

async function leave(place) {
  await attempt(() => (game.view.moves > 1 ? game.resign() : game.abort()), () => {});
  history.pushState(null, '', `#${place}`);
  await enter(place);
}

async function enter(place) {
  const room = roomOf(place);
  if (client.state.name === 'ready' && client.state.room !== room) await attempt(() => client.join(room), text => say($('lobby-notice'), text));
  await show(place);
}

async function show(place) {
  $('games').hidden = true;
  say($('notice'), '');
  const [kind, room, number] = place.split('/');
  if (isGameRoom(place)) {
    part('table');
    return showRoom();
  }
  if (kind === 'file' && file) {
    part('table');
    return showGames(file.name, file.games);
  }
  if (kind === 'game') {
    try {
      await showFinished(room, Number(number));
      return part('table');
    } catch (error) {
      say($('lobby-notice'), error.message);
    }
  }
  part('lobby');
  document.title = 'Checkers';
  await lobby.refresh();
}

function part(id) {
  const isOther = $(id).hidden;
  for (const other of ['lobby', 'table']) $(other).hidden = other !== id;
  if (isOther) scrollTo(0, 0);
}

lobby.listen((name, games) => {
  file = { name, games };
  if (target() === 'file') void show('file');
  else location.hash = 'file';
});

addEventListener('hashchange', () => void go());

// --- The connection ---

let isLost = false; // True from the loss of the connection until the client is ready again and has the game.

client.on('state', state => {
  if (state.name === 'reconnecting') isLost = true;
  if (state.name === 'ready' || state.name === 'closed') isLost = false;
  const [name, words] = isLost ? ['lost', 'Reconnecting…'] : state.name === 'ready' || state.name === 'joining' ? ['ready', 'Connected'] : state.name === 'closed' ? ['lost', 'Not connected'] : ['busy', 'Connecting…'];
  document.body.dataset.connection = name;
  say($('state'), words);
  const reason = state.name === 'closed' && state.reason ? explain(state.reason) : '';
  say($('curtain-text'), isLost ? 'Connection lost. Reconnecting…' : reason);
  $('curtain').hidden = name !== 'lost' || !$('curtain-text').textContent;
  $('reload').hidden = state.name !== 'closed';
  // The address has changed without a connection.
  if (state.name === 'ready' && document.body.dataset.ready && roomOf(target()) !== state.room) void go();
});

client.on('entered', () => ($('nick').value = client.roster.self?.nick ?? nick()));

$('reload').addEventListener('click', () => location.reload());

async function begin() {
  for (;;) {
    try {
      await connect(roomOf(target()));
      break;
    } catch (error) {
      say($('lobby-notice'), explain(error));
      if (!(error.isTransient ?? true)) return part('lobby');
      await new Promise(resolve => setTimeout(resolve, retryPause));
    }
  }
  say($('lobby-notice'), '');
  await show(target());
  document.body.dataset.ready = 'true';
}

// --- The user's name ---

$('nick').value = nick();
$('who').addEventListener('submit', event => {
  event.preventDefault();
  $('nick').blur();
});
$('nick').addEventListener('change', async () => {
  const name = $('nick').value.trim();
  const own = client.roster.self?.nick;
  if (name && name !== own) await attempt(() => rename(name), text => say($('who-error'), text));
  else say($('who-error'), '');
  $('nick').value = client.roster.self?.nick ?? own;
  if ($('nick').value === name) say($('who-error'), '');
});

void begin();

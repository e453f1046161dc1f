// The admin page: follows the servers' events, and carries out confirmed actions.

import { act, read } from './api.js';
import { openDialog } from './dialog.js';
import { $, plural, write } from './dom.js';
import { addHandlers, load, selectedRoom, selectRoom } from './lists.js';
import { showServers } from './servers.js';

let events = null;
let loading = false;
let isReloadRequested = false;

addHandlers({ changed: loadLists, kick });
connect();
document.addEventListener('visibilitychange', () => {
  // A hidden page sends no requests.
  if (document.hidden) disconnect();
  else connect();
});

function connect() {
  if (events || document.hidden) return;
  events = new EventSource('api/events');
  events.addEventListener('servers', ({ data }) => {
    showState('live', 'Live');
    showProblem('');
    showServers(JSON.parse(data), drain);
    loadLists();
  });
  events.addEventListener('failure', ({ data }) => showProblem(JSON.parse(data).error));
  events.addEventListener('error', async () => {
    showState('lost', 'Connecting');
    // The browser reconnects by itself unless the request was refused.
    if (events?.readyState !== EventSource.CLOSED) return;
    disconnect();
    try {
      await read('servers');
    } catch (error) {
      if (error.status === 401 || error.status === 403) {
        showState('lost', 'Stopped');
        showProblem(`${error.message} Reload the page to continue.`);
        return;
      }
    }
    setTimeout(connect, 2000);
  });
}

function disconnect() {
  events?.close();
  events = null;
}

function showState(state, words) {
  $('state').dataset.state = state;
  write($('state-text'), words);
}

function showProblem(words) {
  $('problem').hidden = !words;
  write($('problem'), words);
}

/** Loads the lists. Loads them again if another call comes meanwhile. */
async function loadLists() {
  isReloadRequested = true;
  if (loading) return;
  loading = true;
  while (isReloadRequested) {
    isReloadRequested = false;
    try {
      await load();
    } catch (error) {
      showProblem(error.message);
    }
  }
  loading = false;
}

/** Confirms and runs an action, shows its result, and reloads the lists. */
function confirm(question, action, done) {
  openDialog(question, async text => {
    const { number } = await action(text);
    write($('notice'), done(number));
    loadLists();
  });
}

function kick({ id, nick }) {
  confirm(
    { title: `Kick ${nick}?`, explanation: 'The connection and the session end. The user may sign in again.', label: 'Reason, which the user sees', button: 'Kick', danger: true },
    text => act('kick', { user: id, text }),
    () => `${nick} was disconnected.`);
}

function drain({ id, name }) {
  confirm(
    { title: `Drain ${name}?`, explanation: 'The server closes every connection and accepts none until its process is restarted. Clients with a session continue on another server, if there is one.', button: 'Drain', danger: true },
    () => act('drain', { server: id }),
    () => `${name} is draining.`);
}

$('announce-all').addEventListener('click', () => confirm(
  { title: 'Announce to all rooms', explanation: 'All members of rooms receive it, and it stays in the history.', label: 'Announcement', required: true, button: 'Announce' },
  text => act('announce', { text }),
  number => `Announced in ${plural(number, 'room', 'rooms')}.`));

$('announce-room').addEventListener('click', () => {
  const room = selectedRoom();
  confirm(
    { title: `Announce in ${room}`, explanation: 'All members of the room receive it, and it stays in the history.', label: 'Announcement', required: true, button: 'Announce' },
    text => act('announce', { room, text }),
    () => `Announced in ${room}.`);
});

$('close-room').addEventListener('click', () => {
  const room = selectedRoom();
  confirm(
    { title: `Close ${room}?`, explanation: 'Every member is removed from the room. They stay connected, and may enter it again.', label: 'Reason, announced before (optional)', button: 'Close room', danger: true },
    text => act('close', { room, text }),
    number => {
      selectRoom(null);
      return `${room} was closed: ${plural(number, 'member', 'members')} removed.`;
    });
});

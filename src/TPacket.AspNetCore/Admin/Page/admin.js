// The admin page: follows the servers' events, and carries out confirmed actions.

import { act, read } from './api.js';
import { ask } from './dialog.js';
import { $, plural, write } from './dom.js';
import { begin, choose, chosenRoom, load } from './lists.js';
import { showServers } from './servers.js';

let events = null;
let loading = false;
let again = false;

begin({ changed: loadLists, kick });
follow();
document.addEventListener('visibilitychange', () => {
  // A hidden page sends no requests.
  if (document.hidden) leave();
  else follow();
});

function follow() {
  if (events || document.hidden) return;
  events = new EventSource('api/events');
  events.addEventListener('servers', ({ data }) => {
    say('live', 'Live');
    complain('');
    showServers(JSON.parse(data), drain);
    loadLists();
  });
  events.addEventListener('failure', ({ data }) => complain(JSON.parse(data).error));
  events.addEventListener('error', async () => {
    say('lost', 'Connecting');
    // The browser reconnects by itself unless the request was refused.
    if (events?.readyState !== EventSource.CLOSED) return;
    leave();
    try {
      await read('servers');
    } catch (error) {
      if (error.status === 401 || error.status === 403) {
        say('lost', 'Stopped');
        complain(`${error.message} Reload the page to continue.`);
        return;
      }
    }
    setTimeout(follow, 2000);
  });
}

function leave() {
  events?.close();
  events = null;
}

function say(state, words) {
  $('state').dataset.state = state;
  write($('state-text'), words);
}

function complain(words) {
  $('problem').hidden = !words;
  write($('problem'), words);
}

/** Loads the lists. Loads them again if another call comes meanwhile. */
async function loadLists() {
  again = true;
  if (loading) return;
  loading = true;
  while (again) {
    again = false;
    try {
      await load();
    } catch (error) {
      complain(error.message);
    }
  }
  loading = false;
}

/** Confirms and runs an action, shows its result, and reloads the lists. */
function confirm(question, action, done) {
  ask(question, async text => {
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
  const room = chosenRoom();
  confirm(
    { title: `Announce in ${room}`, explanation: 'All members of the room receive it, and it stays in the history.', label: 'Announcement', required: true, button: 'Announce' },
    text => act('announce', { room, text }),
    () => `Announced in ${room}.`);
});

$('close-room').addEventListener('click', () => {
  const room = chosenRoom();
  confirm(
    { title: `Close ${room}?`, explanation: 'Every member is removed from the room. They stay connected, and may enter it again.', label: 'Reason, announced before (optional)', button: 'Close room', danger: true },
    text => act('close', { room, text }),
    number => {
      choose(null);
      return `${room} was closed: ${plural(number, 'member', 'members')} removed.`;
    });
});

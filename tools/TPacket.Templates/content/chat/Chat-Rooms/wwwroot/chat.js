import { TPacketClient } from './tpacket-client.min.js';

// The tab stores the session, so the user stays the same after a reload.
const client = new TPacketClient(location.origin + '/chat', { session: { store: sessionStorage } });
const [enter, say] = [document.getElementById('enter'), document.getElementById('say')];
const [state, people, messages] = [document.getElementById('state'), document.getElementById('people'), document.getElementById('messages')];

// After a lost connection, the client reconnects by itself and resumes as the same user.
client.on('state', ({ name, room, reason }) => {
  state.textContent = name === 'ready' ? `You are in ${room}.` : name === 'closed' && reason ? reason.message : name;
  if (name === 'closed') show(false);
});
client.on('entered', () => messages.replaceChildren());
client.on('message', ({ sender, text }) => write(`${sender?.nick ?? '*'}: ${text}`));
client.on('joined', ({ user }) => write(`${user.nick} has joined.`));
client.on('left', ({ user }) => write(`${user.nick} has left.`));
for (const change of ['added', 'removed', 'presence']) client.roster.on(change, showPeople);

enter.addEventListener('submit', event => {
  event.preventDefault();
  connect();
});

if (sessionStorage.nick) {
  [enter.nick.value, enter.room.value] = [sessionStorage.nick, sessionStorage.room];
  connect();
}

say.addEventListener('submit', event => {
  event.preventDefault();
  client.say(say.text.value).catch(error => write(error.message, 'failed'));
  say.reset();
});

async function connect() {
  try {
    await client.connect(enter.nick.value, enter.room.value);
    [sessionStorage.nick, sessionStorage.room] = [enter.nick.value, enter.room.value];
    showPeople();
    show(true);
    say.text.focus();
  } catch (error) {
    state.textContent = error.message;
  }
}

/** Shows the room or the form. */
function show(room) {
  enter.hidden = room;
  document.querySelector('main').hidden = !room;
}

function write(text, kind = '') {
  const line = document.createElement('li');
  line.textContent = text;
  line.className = kind;
  messages.append(line);
  line.scrollIntoView();
}

function showPeople() {
  people.replaceChildren(...client.roster.users.map(user => {
    const person = document.createElement('li');
    person.textContent = user.nick;
    person.className = user.away ? 'away' : '';
    return person;
  }));
}

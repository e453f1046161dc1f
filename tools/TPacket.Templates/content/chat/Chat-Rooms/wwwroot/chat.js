import { TPacketClient } from './tpacket-client.min.js';

const client = new TPacketClient(location.origin + '/chat');
const [enter, say] = [document.getElementById('enter'), document.getElementById('say')];
const [state, people, messages] = [document.getElementById('state'), document.getElementById('people'), document.getElementById('messages')];

// The client says what it does; after a lost connection it comes back by itself, as the same user.
client.on('state', ({ name, room }) => { state.textContent = name === 'ready' ? `You are in ${room}.` : name; });
client.on('entered', () => messages.replaceChildren());
client.on('message', ({ sender, text }) => write(`${sender?.nick ?? '*'}: ${text}`));
client.on('joined', ({ user }) => write(`${user.nick} has come.`));
client.on('left', ({ user }) => write(`${user.nick} has left.`));
for (const change of ['added', 'removed', 'presence']) client.roster.on(change, showPeople);

enter.addEventListener('submit', async event => {
  event.preventDefault();
  try {
    await client.connect(enter.nick.value, enter.room.value);
    showPeople();
    enter.hidden = true;
    document.querySelector('main').hidden = false;
    say.text.focus();
  } catch (error) {
    state.textContent = error.message;
  }
});

say.addEventListener('submit', event => {
  event.preventDefault();
  client.say(say.text.value).catch(error => write(error.message, 'failed'));
  say.reset();
});

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

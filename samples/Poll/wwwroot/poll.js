import { TPacketClient, decodeText } from './tpacket-client.min.js';

const poll = 256;
const address = location.origin.replace('http', 'ws') + '/rooms';
const client = new TPacketClient(address, { accept: [[poll, poll]], session: { store: sessionStorage } });
const news = document.getElementById('news');
client.on('state', state => { news.textContent = state.name === 'ready' ? '' : state.name; });
client.on('packet', ({ packet }) => {
  const ballot = JSON.parse(decodeText(packet.data));
  for (const [choice, output] of document.querySelectorAll('output').entries())
    output.textContent = Object.values(ballot.Votes).filter(vote => vote === choice).length;
  if (ballot.IsClosed) news.textContent = 'The poll is closed.';
});
for (const button of document.querySelectorAll('button')) {
  const data = new TextEncoder().encode(JSON.stringify({ Choice: Number(button.value) }));
  button.onclick = () => client.append({ command: poll, data }).catch(error => { news.textContent = error.message; });
}
sessionStorage.nick ??= `guest-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
await client.connect(sessionStorage.nick, location.hash || 'tea');

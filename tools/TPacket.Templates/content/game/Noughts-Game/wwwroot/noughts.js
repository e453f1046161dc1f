import { TPacketClient, decodeText } from './tpacket-client.min.js';

const game = 64;
const client = new TPacketClient(location.origin.replace('http', 'ws') + '/rooms', { accept: [[game, game]], session: { store: sessionStorage } });
const news = document.getElementById('news');
const act = action => client.append({ command: game, data: new TextEncoder().encode(JSON.stringify(action)) }).catch(error => { news.textContent = error.message; });
const squares = Array.from({ length: 9 }, (_, square) => {
  const button = document.querySelector('main').appendChild(document.createElement('button'));
  button.ariaLabel = `Square ${square + 1}`;
  button.onclick = () => act({ do: 'move', move: square });
  return button;
});
document.getElementById('claim').onclick = () => act({ do: 'claim' });
document.getElementById('rematch').onclick = () => act({ do: 'offer', offer: 'rematch' });
client.on('packet', ({ packet }) => {
  if (packet.command !== game) return;
  const view = JSON.parse(decodeText(packet.data));
  squares.forEach((button, square) => { button.textContent = view.board?.[square] ?? ''; });
  const names = view.seats.map(seat => seat.nick ?? 'nobody');
  const winners = view.result?.winners.map(seat => names[seat]).join(', ');
  news.textContent = view.phase === 'open' ? 'Seats are free.' : view.result ? `${winners || 'Nobody'} wins.` : `${names[view.seats.findIndex(seat => seat.toMove)]} is to move.`;
});
sessionStorage.nick ??= `guest-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
await client.connect(sessionStorage.nick, location.hash || 'table');

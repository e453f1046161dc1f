// The browser's WebSocket, steered as Node's is, but over HTTP: lines are asked for, and events are posted one after the other.
//   7 connect ws://127.0.0.1:1234/ chat superchat

import { listen, steer } from './connection.mjs';

const sockets = new Map();
const events = [];
let posting = false;

async function tell(line) {
  events.push(line);
  if (posting) return;
  posting = true;
  while (events.length > 0) await fetch('/events', { method: 'POST', body: events.splice(0).join('\n') });
  posting = false;
}

function obey(line) {
  const [id, verb, ...words] = line.split(' ');
  if (verb !== 'connect') return steer(sockets.get(id), [verb, ...words]);
  const [url, ...protocols] = words;
  const socket = new WebSocket(url, protocols);
  sockets.set(id, socket);
  listen(socket, event => tell(`${id} ${event}`));
}

tell('0 ready');
for (;;) {
  const lines = await (await fetch('/next')).text();
  lines.split('\n').forEach(obey);
}

// Runs the same commands on the browser's WebSocket as peer.mjs runs in Node.
//   7 connect ws://127.0.0.1:1234/ chat superchat

import { listen, steer } from './connection.mjs';
import { runAll, report } from './lines.mjs';

const sockets = new Map();

runAll(line => {
  const [id, verb, ...words] = line.split(' ');
  if (verb !== 'connect') return steer(sockets.get(id), [verb, ...words]);
  const [url, ...protocols] = words;
  const socket = new WebSocket(url, protocols);
  sockets.set(id, socket);
  listen(socket, event => report(`${id} ${event}`));
});

// The browser's WebSocket, steered as Node's is.
//   7 connect ws://127.0.0.1:1234/ chat superchat

import { listen, steer } from './connection.mjs';
import { obeyAll, tell } from './lines.mjs';

const sockets = new Map();

obeyAll(line => {
  const [id, verb, ...words] = line.split(' ');
  if (verb !== 'connect') return steer(sockets.get(id), [verb, ...words]);
  const [url, ...protocols] = words;
  const socket = new WebSocket(url, protocols);
  sockets.set(id, socket);
  listen(socket, event => tell(`${id} ${event}`));
});

// Runs commands on clients in a page, with the bundle and the browser's WebSocket.

import { runAll, report } from './lines.mjs';
import { steer } from './steer.mjs';
import * as client from './tpacket-client.min.js';

// A browser opens a WebSocket over HTTP/2 only on a connection that it already has. So this page requests something from the server until the WebSocket is open.
function prepare(url, { http2 }, client) {
  if (!http2) return undefined;
  const ask = () => fetch(url.replace(/^wss/, 'https'), { mode: 'no-cors', credentials: 'include' }).catch(() => {});
  let asking = setInterval(ask, 50);
  client.on('state', ({ name }) => {
    clearInterval(asking);
    if (name !== 'ready' && name !== 'closed') asking = setInterval(ask, 50);
  });
  return ask();
}

runAll(steer(client, { prepare }, report));

// Steers clients in a page, which has the bundle and a WebSocket of its own.

import { obeyAll, tell } from './lines.mjs';
import { steer } from './steer.mjs';
import * as client from './tpacket-client.min.js';

// A browser has a WebSocket over HTTP/2 where it has HTTP/2 already: as a page of that server would, this one keeps asking it for something, until the WebSocket is there.
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

obeyAll(steer(client, { prepare }, tell));

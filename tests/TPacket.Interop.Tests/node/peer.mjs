// The npm package `ws` in both roles, steered by lines on standard input: an id of a connection, a verb, and its words. What happens is told in lines of the same kind.
//   7 connect ws://127.0.0.1:1234/ {"protocols":["chat"]}     a client; everything else is for connections of either role
// It serves, too, on two ports that it tells first, the second with TLS, for which its arguments name a certificate and a key: a client that asks for /7?refuse=401 becomes connection 7, and is treated as the query says.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';
import { listen, steer } from './connection.mjs';
import { binary, text } from './messages.mjs';

const sockets = new Map();
const tell = (id, line) => process.stdout.write(`${id} ${line}\n`);

function add(id, socket, extensions) {
  sockets.set(id, socket);
  listen(socket, line => tell(id, line), extensions);
  socket.on('ping', data => tell(id, `ping ${data}`.trimEnd()));
  socket.on('pong', data => tell(id, `pong ${data}`.trimEnd()));
  socket.on('error', error => console.error(`${id} ${error.message}`)); // A close event follows.
}

function connect(id, [url, ...options]) {
  const { protocols, ...rest } = JSON.parse(options.join(' '));
  const socket = new WebSocket(url, protocols, { maxPayload: 1 << 30, ...rest });
  let extensions; // The socket would tell their names only.
  add(id, socket, () => extensions);
  socket.on('upgrade', response => (extensions = response.headers['sec-websocket-extensions']));
  socket.on('unexpected-response', async (_, response) => {
    let body = '';
    for await (const chunk of response) body += chunk;
    tell(id, `refused ${response.statusCode} ${body.trim()}`.trimEnd());
  });
}

function sendFrame(socket, type, length, from, to, place) {
  const payload = type === 'text' ? text(+length) : binary(+length);
  socket.send(payload.subarray(+from, +to), { binary: type === 'binary', fin: place === 'last' });
}

function obey(id, verb, words) {
  const socket = sockets.get(id);
  switch (verb) {
    case 'connect':
      return connect(id, words);
    case 'frame': // text 100 10 50 more: these bytes of a message, which has more frames or is done with its last
      return sendFrame(socket, ...words);
    case 'ping':
      return socket.ping(words.join(' '));
    case 'vanish':
      return socket.terminate();
    default:
      return steer(socket, [verb, ...words]);
  }
}

function upgrade(request, stream, head) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const id = pathname.slice(1);
  if (searchParams.has('refuse')) {
    const location = searchParams.has('location') ? `Location: ${searchParams.get('location')}\r\n` : '';
    return stream.end(`HTTP/1.1 ${searchParams.get('refuse')} Refused\r\n${location}Content-Length: 9\r\nConnection: close\r\n\r\nNot here.`);
  }

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: +(searchParams.get('max') ?? 1 << 30),
    perMessageDeflate: JSON.parse(searchParams.get('deflate') ?? 'false'),
    handleProtocols: offered => searchParams.has('protocol') && offered.has(searchParams.get('protocol')) && searchParams.get('protocol'),
  });
  webSockets.handleUpgrade(request, stream, head, socket => add(id, socket));
}

const [cert, key] = process.argv.slice(2).map(file => readFileSync(file));
const ports = [];
for (const server of [http.createServer(), https.createServer({ cert, key })]) {
  server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports.push(server.address().port);
}
tell(0, `listening ${ports.join(' ')}`);

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const [id, verb, ...words] = line.split(' ');
  obey(id, verb, words);
});
lines.on('close', () => process.exit()); // Whoever steers is gone.

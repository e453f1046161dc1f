// Runs commands on connections of the npm package `ws`, as client and as server. Each line of standard input has the id of a connection, a verb and its arguments. Events are reported as lines of the same form.
//   7 connect ws://127.0.0.1:1234/ {"protocols":["chat"]}     opens a client; all other commands are for connections of both roles
// It also serves on two ports, which it reports first. The second port has TLS with the certificate and key of the arguments. A client that requests /7?refuse=401 becomes connection 7, and the query determines the response.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';
import { listen, steer } from './connection.mjs';
import { binary, text } from './messages.mjs';

const sockets = new Map();
const report = (id, line) => process.stdout.write(`${id} ${line}\n`);

function add(id, socket, extensions) {
  sockets.set(id, socket);
  listen(socket, line => report(id, line), extensions);
  socket.on('ping', data => report(id, `ping ${data}`.trimEnd()));
  socket.on('pong', data => report(id, `pong ${data}`.trimEnd()));
  socket.on('error', error => console.error(`${id} ${error.message}`)); // A close event follows.
}

function connect(id, [url, ...options]) {
  const { protocols, ...rest } = JSON.parse(options.join(' '));
  const socket = new WebSocket(url, protocols, { maxPayload: 1 << 30, ...rest });
  let extensions; // The socket has only their names.
  add(id, socket, () => extensions);
  socket.on('upgrade', response => (extensions = response.headers['sec-websocket-extensions']));
  socket.on('unexpected-response', async (_, response) => {
    let body = '';
    for await (const chunk of response) body += chunk;
    report(id, `refused ${response.statusCode} ${body.trim()}`.trimEnd());
  });
}

function sendFrame(socket, type, length, from, to, place) {
  const payload = type === 'text' ? text(+length) : binary(+length);
  socket.send(payload.subarray(+from, +to), { binary: type === 'binary', fin: place === 'last' });
}

function run(id, verb, words) {
  const socket = sockets.get(id);
  switch (verb) {
    case 'connect':
      return connect(id, words);
    case 'frame': // text 100 10 50 more: a frame with these bytes of a message; without `more` it is the last frame
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
report(0, `listening ${ports.join(' ')}`);

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const [id, verb, ...words] = line.split(' ');
  run(id, verb, words);
});
lines.on('close', () => process.exit()); // The test has ended.

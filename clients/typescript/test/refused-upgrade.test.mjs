// A real WebSocket, whose server is away for a while. A proxy answers the upgrade with an HTTP status, or the server ends connections in each possible way.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { PacketCommand, TPacketClient, readPacket, writePacket } from 'tpacket-client';
import { WebSocket, WebSocketServer } from 'ws';

const deadline = 20_000;

/** Accepts the sign-ins and rooms of all clients. */
function serve(socket) {
  socket.on('message', data => {
    const { uid, command, data: nick } = readPacket(new Uint8Array(data));
    const reply = (command, p1 = 0, to = uid, text) => socket.send(writePacket({ uid: to, command, p1, p2: 0, data: text ?? new Uint8Array() }));
    if (command === PacketCommand.SetUserNick) socket.nick = nick.slice();
    if (command === PacketCommand.SetUserNick || command === PacketCommand.SetRoom) reply(PacketCommand.RespOk);
    if (command === PacketCommand.SetRoom) reply(PacketCommand.NewUser, 0x1000, -1, socket.nick);
    if (command === PacketCommand.AcceptCommands) reply(PacketCommand.RespError, -4);
  });
}

/** A server that answers the next upgrades with the given statuses, and all later upgrades with 101. */
async function start(t) {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const statuses = [];
  http.on('upgrade', (request, socket, head) => {
    const status = statuses.shift();
    if (status) socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, serve);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = new TPacketClient(`ws://127.0.0.1:${http.address().port}/`, { WebSocket, reconnect: { initialDelay: 1, maxDelay: 10 } });
  t.after(() => {
    client.close();
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  });
  const states = [];
  const waiting = [];
  client.on('state', state => {
    states.push(state);
    for (const check of [...waiting]) check();
  });
  /** Waits until the client was ready a number of times. */
  const ready = times =>
    new Promise(resolve => {
      const check = () => states.filter(({ name }) => name === 'ready').length >= times && resolve();
      waiting.push(check);
      check();
    });
  await client.connect('alice', 'lobby');
  return { client, sockets, statuses, states, ready };
}

describe('a client reconnects', () => {
  for (const status of [404, 502, 503])
    test(`after a proxy has answered ${status}`, { timeout: deadline }, async t => {
      const { sockets, statuses, states, ready } = await start(t);
      statuses.push(status, status);
      for (const socket of sockets.clients) socket.terminate();
      await ready(2);
      assert.deepEqual(states.filter(({ name }) => name === 'reconnecting').map(({ attempt }) => attempt), [1, 2, 3]);
      assert.equal(statuses.length, 0);
    });

  const ends = {
    'a close frame without a code': [socket => socket.close(), 1005],
    'an end without a close frame': [socket => socket._socket.end(), 1006],
    'a reset': [socket => socket._socket.resetAndDestroy(), 1006],
    'a close with 1001': [socket => socket.close(1001), 1001],
    'a close with 1011': [socket => socket.close(1011), 1011],
    'a close with 1012': [socket => socket.close(1012), 1012],
    'a close with 1013': [socket => socket.close(1013), 1013],
  };
  for (const [name, [end, code]] of Object.entries(ends))
    test(`after ${name}`, { timeout: deadline }, async t => {
      const { sockets, states, ready } = await start(t);
      for (const socket of sockets.clients) end(socket);
      await ready(2);
      assert.equal(states.find(({ name }) => name === 'reconnecting').reason.closeCode, code);
    });
});

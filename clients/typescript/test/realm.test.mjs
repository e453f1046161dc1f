// A client in a realm of its own, as in Jest: the WebSocket and its data belong to another realm.

import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { FakeServer, settled } from './fake-server.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function load() {
  const bundle = await build({ entryPoints: [join(root, 'dist/index.js')], bundle: true, format: 'iife', globalName: 'tpacket', write: false });
  const realm = createContext({ setTimeout, clearTimeout, queueMicrotask, TextEncoder, TextDecoder });
  runInContext(bundle.outputFiles[0].text, realm);
  assert.notEqual(runInContext('ArrayBuffer', realm), ArrayBuffer);
  return runInContext('tpacket', realm);
}

test('a client signs in, receives and requests with bytes of another realm', async () => {
  const { TPacketClient } = await load();
  const server = new FakeServer();
  const client = new TPacketClient('ws://server/', { WebSocket: server.WebSocket, reconnect: false });
  const heard = [];
  client.on('message', ({ sender, text }) => heard.push(`${sender.nick}: ${text}`));
  const connected = client.connect('alice', 'lobby');
  await server.signIn();
  await server.letIn();
  await connected;

  server.says(0x1000, 'grüße ✓');
  const reply = client.request({ command: 256, data: new Uint8Array([1, 2]) });
  const request = server.socket.sent.shift();
  assert.deepEqual([...request.data], [1, 2]);
  server.send(256, { uid: request.uid, data: 'done' });

  assert.deepEqual([...(await reply).data], [...Buffer.from('done')]);
  assert.deepEqual(heard, ['alice: grüße ✓']);
  client.close();
  await settled();
});

test('a message that is no ArrayBuffer of any realm is rejected', async () => {
  const { TPacketClient } = await load();
  for (const message of ['Ej8@', {}, null, undefined, new Uint8Array(24), new Blob([])]) {
    const server = new FakeServer();
    const client = new TPacketClient('ws://server/', { WebSocket: server.WebSocket, reconnect: false });
    const connected = client.connect('alice', 'lobby');
    server.socket.onmessage({ data: message });
    await assert.rejects(connected, { status: 'NotBinary' });
  }
});

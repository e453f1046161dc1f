import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { PacketCommand, RequestError, TimeoutError } from 'tpacket-client';
import { FakeServer, settled, watch } from './fake-server.mjs';

test('each reply settles its own request, in any order', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const recorded = watch(client);

  const [first, second] = [client.request({ command: 256, data: 'a' }), client.request({ command: 258 })];
  const [one, two] = server.socket.sent.splice(0);
  server.send(258, { uid: two.uid, p1: 7, data: 'now' });
  server.ok(one);

  assert.deepEqual([(await second).command, (await second).p1], [258, 7]);
  assert.equal((await first).command, PacketCommand.RespOk);
  assert.deepEqual(recorded, []);
});

test("a refusal rejects with the server's code and text", async () => {
  const server = new FakeServer();
  const client = await server.ready();

  const request = client.request({ command: 256 });
  const { uid } = server.socket.sent.shift();
  server.refuse({ uid }, -1042, 'Not your turn.');

  const error = await request.catch(e => e);
  assert.ok(error instanceof RequestError);
  assert.deepEqual([error.code, error.text, error.uid, error.message], [-1042, 'Not your turn.', uid, 'The server has refused with -1042: Not your turn.']);
});

test('a deadline ends the wait, and a late reply raises `packet`', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer();
  const client = await server.ready();
  const recorded = watch(client);

  const request = client.request({ command: 256 }, { timeout: 250 });
  let settledYet = false;
  request.catch(() => (settledYet = true));
  t.mock.timers.tick(249);
  await settled();
  assert.ok(!settledYet);
  t.mock.timers.tick(1);

  await assert.rejects(request, TimeoutError);
  server.ok(server.socket.sent.shift());
  assert.equal(recorded[0].packet.command, PacketCommand.RespOk);
  assert.equal(client.state.name, 'ready');
});

test('after a suspension, the client handles packets that have arrived before a deadline ends the wait', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(Date, 'now', () => now);
  const server = new FakeServer();
  const client = await server.ready();

  const answered = client.request({ command: 256 }, { timeout: 250 });
  const lost = client.request({ command: 257 }, { timeout: 250 });
  let settledYet = false;
  lost.catch(() => (settledYet = true));
  now = 3_600_000;
  t.mock.timers.tick(250);
  server.ok(server.socket.sent.shift());
  assert.equal((await answered).command, PacketCommand.RespOk);
  t.mock.timers.tick(999);
  await settled();
  assert.ok(!settledYet);
  t.mock.timers.tick(1);
  await assert.rejects(lost, TimeoutError);
  client.close();
});

test('an aborted signal ends the wait with its reason', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const controller = new AbortController();

  const request = client.request({ command: 256 }, { signal: controller.signal });
  controller.abort(new Error('never mind'));
  await assert.rejects(request, { message: 'never mind' });

  server.socket.sent.shift();
  await assert.rejects(client.request({ command: 256 }, { signal: controller.signal }), { message: 'never mind' });
  assert.deepEqual(server.socket.sent, []);
});

test('a request fails with its connection and is not sent again', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer();
  const client = await server.ready();

  const request = client.request({ command: 256 });
  server.end(1006);

  await assert.rejects(request, { name: 'ConnectionError', closeCode: 1006 });
  client.close();
});

test('the number of waiting requests is limited', async () => {
  const server = new FakeServer();
  const client = await server.ready({ maxPendingRequests: 2 });
  const waiting = [client.request({ command: 256 }), client.request({ command: 256 })];

  await assert.rejects(client.request({ command: 256 }), { name: 'ConnectionError', message: '2 requests wait for replies.' });

  client.close();
  for (const request of waiting) await assert.rejects(request);
});

test('a settled request leaves no timer', async () => {
  const set = mock.method(globalThis, 'setTimeout');
  const clear = mock.method(globalThis, 'clearTimeout');
  const server = new FakeServer();
  const client = await server.ready();
  const request = client.request({ command: 256 });
  server.ok(server.socket.sent.shift());
  await request;
  client.close();

  const cleared = clear.mock.calls.map(call => call.arguments[0]);
  assert.ok(set.mock.calls.length > 0);
  assert.ok(set.mock.calls.every(call => cleared.includes(call.result)));
  mock.restoreAll();
});

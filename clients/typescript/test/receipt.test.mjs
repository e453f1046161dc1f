import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, PacketCommand, PacketErrorCode, RequestError, TimeoutError } from 'tpacket-client';
import { FakeServer, settled, watch } from './fake-server.mjs';

const { NewMsg } = PacketCommand;

/** Whether a promise is settled. */
async function isDone(promise) {
  let done = false;
  promise.then(() => (done = true), () => (done = true));
  await settled();
  return done;
}

test('the promise of a message resolves with the receipt, which has offset and time of the event', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = watch(client);

  const said = client.say('hello');
  const { uid } = server.read(NewMsg, 'hello');
  server.saysAt(4294967306, 0x1000, 'hello');
  assert.equal(recorded[0].offset, 4294967306);
  assert.ok(!(await isDone(said)));
  // RECEIPT, 40 bytes, offset 10 + 1 * 2^32; time and check.
  const message = Uint8Array.from(Buffer.from('456A38400000000028000000110000000A00000001000000FA262D27A20100000102030405060708', 'hex'));
  new DataView(message.buffer).setInt32(4, uid, true);
  server.message(message);

  assert.deepEqual(await said, { uid, offset: 4294967306, time: Date.UTC(2026, 10, 29, 12, 0, 0, 250) });
});

test('a refusal raises an event, and rejects', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = watch(client);

  for (const name of ['MessageTooLong', 'StoreFailed', 'TooOld', 'RateLimited']) {
    const said = client.say('hello');
    const request = server.read(NewMsg, 'hello');
    server.refuse(request, PacketErrorCode[name], 'No.');
    const error = await said.catch(e => e);
    assert.ok(error instanceof RequestError);
    assert.deepEqual([error.code, error.text, error.uid], [PacketErrorCode[name], 'No.', request.uid]);
    assert.deepEqual([recorded.at(-1).type, recorded.at(-1).error.uid], ['refused', request.uid]);
  }
  assert.equal(client.state.name, 'ready');
});

test('the caller may ignore the promise of a receipt, even if it rejects', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following({ reconnect: false });
  const unhandled = [];
  const listener = error => unhandled.push(error);
  process.on('unhandledRejection', listener);
  client.say('refused');
  server.refuse(server.read(NewMsg, 'refused'), -30);
  client.say('lost');
  server.end();
  await settled();
  await settled();
  process.off('unhandledRejection', listener);
  assert.deepEqual(unhandled, []);
});

test('a packet that the server has not appended resolves without an offset', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const appended = client.append({ command: 300, data: 'x' });
  const request = server.read(300, 'x');
  server.ok(request);
  assert.deepEqual(await appended, { uid: request.uid });
});

test('without receipts, the promise of a message resolves when it is sent, and a refusal raises an event', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const recorded = watch(client);
  const { uid, ...none } = await client.say('hello');
  assert.deepEqual(none, {});
  server.refuse({ uid }, -30);
  assert.equal(recorded[0].error.uid, uid);
});

test('a server that accepts RECEIPT but sends no SNAPSHOT has no receipts', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.ready();
  assert.equal((await client.say('hello')).offset, undefined);
});

test('at most 128 packets wait for receipts, with rising uids', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const said = Array.from({ length: 128 }, (_, i) => client.say(`${i}`));
  await assert.rejects(client.say('beyond'), ConnectionError);
  const requests = said.map((_, i) => server.read(NewMsg, `${i}`));
  assert.deepEqual(server.socket.sent, []);
  requests.forEach(({ uid }, i) => assert.ok(i === 0 || uid > requests[i - 1].uid));
  requests.forEach((request, i) => server.receipt(request, 10 + i));
  assert.deepEqual((await Promise.all(said)).map(({ offset }) => offset), requests.map((_, i) => 10 + i));
  const next = client.say('next');
  server.receipt(server.read(NewMsg, 'next'), 500);
  assert.equal((await next).offset, 500);
});

test('a packet whose receipt is late still counts towards the limit', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0 });
  const said = Array.from({ length: 128 }, () => client.say('hello'));
  t.mock.timers.tick(10_000);
  for (const one of said) await assert.rejects(one, TimeoutError);
  await assert.rejects(client.say('beyond'), ConnectionError);
  server.receipt(server.read(NewMsg, 'hello'), 10);
  void client.say('next');
  assert.equal(server.socket.sent.length, 128);
});

test('a packet with an unknown outcome is sent again, before any later packet', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0 });
  const recorded = watch(client);
  const [one, two, three] = [client.say('one'), client.say('two'), client.append({ command: 300, p1: 3, p2: 4 })];
  const [first, second, third] = server.socket.sent.splice(0);

  // The store does not answer the first packet, so the server refuses the others. The client does not send a fourth one.
  for (const packet of [first, second, third]) server.refuse(packet, PacketErrorCode.Unknown);
  const four = client.say('four');
  t.mock.timers.tick(499);
  assert.deepEqual(server.socket.sent, []);
  t.mock.timers.tick(1);
  assert.deepEqual(server.socket.sent.splice(0), [first]);
  // The second repetition succeeds.
  server.refuse(first, PacketErrorCode.Unknown);
  t.mock.timers.tick(500);
  assert.deepEqual(server.socket.sent.splice(0), [first]);
  server.receipt(first, 10);
  assert.equal((await one).offset, 10);
  assert.deepEqual(server.socket.sent.splice(0), [second]);
  server.refuse(second, PacketErrorCode.StoreFailed);
  await assert.rejects(two, { code: PacketErrorCode.StoreFailed });
  assert.deepEqual(server.socket.sent.splice(0), [third]);
  server.receipt(third, 11);
  assert.equal((await three).offset, 11);
  server.receipt(server.read(NewMsg, 'four'), 12);
  assert.equal((await four).offset, 12);
  assert.deepEqual(recorded.map(({ type }) => type), ['refused']);
  t.mock.timers.tick(60_000);
  assert.deepEqual(server.socket.sent, []);
});

test('a repeated packet without an answer is repeated again', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0, timeout: 2000 });
  void client.say('one');
  const request = server.read(NewMsg, 'one');
  server.refuse(request, PacketErrorCode.Unknown);
  t.mock.timers.tick(500);
  assert.deepEqual(server.socket.sent.splice(0), [request]);
  t.mock.timers.tick(2000);
  assert.deepEqual(server.socket.sent.splice(0), [request]);
});

test('a packet with an unknown outcome that is then rate limited is sent again, after growing pauses and before any later packet', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0, timeout: 300_000 });
  const recorded = watch(client);
  const one = client.say('one');
  const first = server.read(NewMsg, 'one');
  server.refuse(first, PacketErrorCode.Unknown);
  const two = client.say('two');
  t.mock.timers.tick(500);
  assert.deepEqual(server.socket.sent.splice(0), [first]);
  for (const pause of [500, 1000, 2000, 4000, 8000, 8000]) {
    server.refuse(first, PacketErrorCode.RateLimited, 'Too many.');
    t.mock.timers.tick(pause - 1);
    assert.deepEqual(server.socket.sent, []);
    t.mock.timers.tick(1);
    assert.deepEqual(server.socket.sent.splice(0), [first]);
  }
  server.receipt(first, 10);
  assert.equal((await one).offset, 10);
  // A packet that was sent once was not appended, so the refusal is its answer.
  server.refuse(server.read(NewMsg, 'two'), PacketErrorCode.RateLimited);
  await assert.rejects(two, { code: PacketErrorCode.RateLimited });
  assert.deepEqual(recorded.map(({ type }) => type), ['refused']);

  // The next packet in doubt starts with the shortest pause.
  const three = client.say('three');
  const third = server.read(NewMsg, 'three');
  for (const code of [PacketErrorCode.Unknown, PacketErrorCode.RateLimited]) {
    server.refuse(third, code);
    t.mock.timers.tick(500);
    assert.deepEqual(server.socket.sent.splice(0), [third]);
  }
  server.receipt(third, 11);
  assert.equal((await three).offset, 11);
  t.mock.timers.tick(60_000);
  assert.deepEqual(server.socket.sent, []);
});

test('a late -40 for the first transmission does not answer the repetition', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0 });
  const recorded = watch(client);
  const [one, two] = [client.say('one'), client.say('two')];
  const [first, second] = server.socket.sent.splice(0);
  server.refuse(first, PacketErrorCode.Unknown);
  t.mock.timers.tick(500);
  assert.deepEqual(server.socket.sent.splice(0), [first]);
  server.receipt(first, 10);
  assert.equal((await one).offset, 10);
  // The second has no answer yet, and is sent again.
  assert.deepEqual(server.socket.sent.splice(0), [second]);
  server.refuse(second, PacketErrorCode.RateLimited);
  server.receipt(second, 11);
  assert.equal((await two).offset, 11);
  t.mock.timers.tick(5000);
  assert.deepEqual(server.socket.sent, []);
  assert.deepEqual(recorded, []);
});

test('a second receipt is ignored', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = watch(client);
  const said = client.say('hello');
  const request = server.read(NewMsg, 'hello');
  server.receipt(request, 10);
  server.receipt(request, 10);
  assert.equal((await said).offset, 10);
  assert.deepEqual(recorded, []);
});

test('the end of the connection fails pending packets, and uids keep rising', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following({ keepAlive: 0 });
  const lost = client.say('lost');
  const before = server.read(NewMsg, 'lost');
  server.end(1006);
  await assert.rejects(lost, { name: 'ConnectionError', closeCode: 1006 });
  t.mock.timers.tick(500);
  await server.signIn();
  await server.letFollow();
  const back = client.say('back');
  const after = server.read(NewMsg, 'back');
  assert.ok(after.uid > before.uid);
  server.receipt(after, 10);
  assert.equal((await back).offset, 10);
});

test('a message that was sent with send has a receipt, which raises no event', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = watch(client);
  const uid = client.send({ command: NewMsg, data: 'hello' });
  const request = server.read(NewMsg, 'hello');
  assert.equal(request.uid, uid);
  server.receipt(request, 10);
  assert.deepEqual(recorded, []);
  assert.ok(client.send({ command: 300 }) > uid);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverflowError, eventsOf } from 'tpacket-client/iteration';
import { FakeServer } from './fake-server.mjs';

test('the iteration returns events in order, and also events that arrived before the reader started', async () => {
  const server = new FakeServer();
  const client = server.client();
  const events = eventsOf(client);
  const connected = client.connect('alice', 'lobby');
  await server.signIn();
  await server.letIn('lobby', { 0x1000: 'alice' }, ['bob: hello']);
  await connected;
  server.says(0x1000, 'one');

  const seen = [];
  for await (const event of events) {
    seen.push(event.text ?? event.type);
    if (event.text === 'one') queueMicrotask(() => server.says(0x1000, 'two'));
    if (event.text === 'two') break;
  }

  assert.deepEqual(seen, ['entered', 'bob: hello', 'one', 'two']);
  assert.deepEqual(await events.next(), { done: true, value: undefined });
});

test('each iteration returns all events', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const [one, two] = [eventsOf(client), eventsOf(client)];
  server.says(0x1000, 'hello');
  for (const events of [one, two]) assert.equal((await events.next()).value.text, 'hello');
});

test('several reads can wait at the same time', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const events = eventsOf(client);
  const reads = [events.next(), events.next(), events.next()];
  server.says(0x1000, 'one');
  server.says(0x1000, 'two');
  client.close();
  assert.deepEqual((await Promise.all(reads)).map(({ value }) => value?.text), ['one', 'two', undefined]);
});

test('a reader that is too slow gets the buffered events and then an error, and affects no other reader', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const slow = eventsOf(client, { capacity: 2 });
  const other = eventsOf(client);
  for (const text of ['one', 'two', 'three', 'four']) server.says(0x1000, text);

  assert.equal((await slow.next()).value.text, 'one');
  assert.equal((await slow.next()).value.text, 'two');
  await assert.rejects(slow.next(), OverflowError);
  assert.deepEqual(await slow.next(), { done: true, value: undefined });

  assert.equal(client.state.name, 'ready');
  for (const text of ['one', 'two', 'three', 'four']) assert.equal((await other.next()).value.text, text);
});

test('if an error closes the client, its iterations end with this error', async () => {
  const server = new FakeServer();
  const client = await server.ready({ reconnect: false });
  const [waiting, late] = [eventsOf(client), eventsOf(client)];
  const read = waiting.next();
  server.end(1001, 'the server stops');

  await assert.rejects(read, { name: 'ConnectionError', closeCode: 1001 });
  await assert.rejects(late.next(), client.state.reason);
});

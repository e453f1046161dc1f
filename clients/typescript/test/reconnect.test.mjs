import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PacketCommand, PacketErrorCode, TimeoutError } from 'tpacket-client';
import { FakeServer, settled, watch } from './fake-server.mjs';

const alice = { id: 0x1000, nick: 'alice' };
const bob = { id: 0x1001, nick: 'bob' };
const both = { 0x1000: 'alice', 0x1001: 'bob' };

/** Stops the clock, and makes delays the longest possible. */
function still(t, chance = 0) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.mock.method(Math, 'random', () => chance);
  return milliseconds => t.mock.timers.tick(milliseconds);
}

test('a client reconnects with its nick and room, and the roster raises only the differences', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready({}, both);
  const recorded = watch(client);
  const changes = [];
  client.roster.on('added', user => changes.push(['added', user.nick]));
  client.roster.on('removed', user => changes.push(['removed', user.nick]));

  server.end(1006);
  assert.equal(client.state.name, 'reconnecting');
  assert.deepEqual([client.state.attempt, client.state.delay, client.state.reason.closeCode], [1, 500, 1006]);
  assert.deepEqual(client.roster.users, [alice, bob]);
  tick(499);
  assert.equal(server.sockets.length, 1);
  tick(1);
  assert.deepEqual(client.state, { name: 'connecting', attempt: 1 });
  await server.signIn();
  await server.letIn('lobby', { 0x1001: 'bob', 0x1002: 'alice' }, ['alice: hello']);

  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
  assert.deepEqual(changes, [['removed', 'alice'], ['added', 'alice']]);
  assert.deepEqual(client.roster.self, { id: 0x1002, nick: 'alice' });
  assert.deepEqual(recorded, [
    'reconnecting',
    'connecting',
    'signingIn',
    'joining',
    { type: 'entered', room: 'lobby', again: true },
    { type: 'message', text: 'alice: hello', history: true },
    'ready',
  ]);
});

test('delays grow up to a limit, and start over after a stable connection', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready({ reconnect: { initialDelay: 100, maxDelay: 500 } });
  const delays = [];
  client.on('state', state => state.name === 'reconnecting' && delays.push([state.attempt, state.delay]));

  for (const delay of [100, 200, 400, 500, 500]) {
    server.end(1006);
    tick(delay);
    await settled();
  }
  await server.signIn();
  await server.letIn();
  tick(10_000);
  server.end(1001);

  assert.deepEqual(delays, [[1, 100], [2, 200], [3, 400], [4, 500], [5, 500], [1, 100]]);
  client.close();
});

test('a client reconnects less and less often to a server that drops every ready client', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();
  const delays = [];
  client.on('state', state => state.name === 'reconnecting' && delays.push([state.attempt, state.delay]));

  for (let drop = 1; drop <= 8; drop++) {
    tick(50);
    server.end(1013, 'reads too slowly');
    tick(client.state.delay);
    await server.signIn();
    await server.letIn();
    assert.equal(client.state.name, 'ready');
  }

  assert.deepEqual(delays, [[1, 500], [2, 1000], [3, 2000], [4, 4000], [5, 8000], [6, 16_000], [7, 30_000], [8, 30_000]]);
  client.close();
});

test('the client gives up after maxAttempts, and the last error is the reason', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready({ reconnect: { maxAttempts: 2 } });

  server.end(1001);
  for (const delay of [500, 1000]) {
    tick(delay);
    server.end(1006);
    await settled();
  }

  assert.equal(client.state.name, 'closed');
  assert.equal(client.state.reason.closeCode, 1006);
  assert.equal(server.sockets.length, 3);
  assert.deepEqual(client.roster.users, []);
});

test('close stops reconnecting', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();
  server.end(1006);
  client.close();
  tick(60_000);
  assert.equal(server.sockets.length, 1);
  assert.deepEqual(client.state, { name: 'closed' });
});

test('a client tries again while its nick is still taken', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();

  server.end(1006);
  tick(500);
  server.open();
  await settled();
  server.read(PacketCommand.Nop, 'magic string :)');
  server.refuse(server.read(PacketCommand.SetUserNick, 'alice'), -11);
  await settled();
  assert.deepEqual([client.state.name, client.state.attempt, client.state.reason.code], ['reconnecting', 2, PacketErrorCode.NickTaken]);

  tick(1000);
  await server.signIn();
  await server.letIn();
  assert.equal(client.state.name, 'ready');
});

test('a client does not reconnect after a permanent refusal', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();

  server.end(1006);
  tick(500);
  await server.signIn();
  server.refuse(server.read(PacketCommand.SetRoom, 'lobby'), -6, 'You are banned.');
  await settled();

  assert.equal(client.state.name, 'closed');
  assert.deepEqual([client.state.reason.code, client.state.reason.text], [PacketErrorCode.Refused, 'You are banned.']);
});

describe('a client that the server closes', () => {
  // 1005 means a close frame without a code, 1006 an end without a close frame.
  const codes = [
    [1000, true],
    [1001, true],
    [1002, false],
    [1003, false],
    [1005, true],
    [1006, true],
    [1007, false],
    [1008, false],
    [1009, false],
    [1011, true],
    [1012, true],
    [1013, true],
  ];
  for (const [code, returns] of codes)
    test(`with ${code} ${returns ? 'reconnects' : 'stays closed'}`, async t => {
      const tick = still(t);
      const server = new FakeServer();
      const client = await server.ready();
      server.end(code, 'because');
      assert.equal(client.state.name, returns ? 'reconnecting' : 'closed');
      assert.deepEqual([client.state.reason.closeCode, client.state.reason.message], [code, `The connection has ended with ${code}: because.`]);
      tick(500);
      assert.equal(server.sockets.length, returns ? 2 : 1);
      if (returns) {
        await server.signIn();
        await server.letIn();
        assert.equal(client.state.name, 'ready');
      }
      client.close();
    });
});

test('a client reconnects with its latest room and nick', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();
  const joined = client.join('cellar');
  await server.letIn('cellar');
  await joined;
  server.userGoes(0x1000, 'alice');
  server.userComes(0x1000, 'eve');
  assert.deepEqual(client.roster.self, { id: 0x1000, nick: 'eve' });

  server.end(1006);
  tick(500);
  await server.signIn('eve');
  await server.letIn('cellar', { 0x1000: 'eve' });
  assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: 'signedIn' });
});

test('a client that loses the connection while it changes rooms returns to the old room', async t => {
  const tick = still(t);
  const server = new FakeServer();
  const client = await server.ready();
  const joined = client.join('cellar');
  server.end(1006);
  await assert.rejects(joined, { closeCode: 1006 });
  assert.equal(client.state.name, 'reconnecting');
  tick(500);
  await server.signIn();
  await server.letIn('lobby');
});

describe('deadlines', () => {
  test('an attempt fails if the server does not answer the handshake, the sign-in or the room in time', async t => {
    const tick = still(t);
    for (const steps of [0, 1, 2, 3]) {
      const server = new FakeServer();
      const client = server.client({ timeout: 1000 });
      const connected = client.connect('alice', 'lobby');
      if (steps === 1) server.open();
      if (steps >= 2) await server.signIn();
      if (steps === 3) server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
      await settled();

      tick(1000);

      await assert.rejects(connected, TimeoutError);
      assert.ok(client.state.reason instanceof TimeoutError);
      assert.ok(server.socket.closed);
    }
  });

  test('the client probes a silent server, and ends the connection if no packet arrives', async t => {
    const tick = still(t);
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 3000, timeout: 1000 });

    tick(3000);
    server.passFence();
    assert.deepEqual(server.socket.sent, []);
    tick(2000);
    server.says(0x1000, 'hello');
    tick(1000);
    assert.deepEqual(server.socket.sent, []);
    tick(3000);
    assert.equal(server.socket.sent.length, 1);
    tick(1000);

    assert.equal(client.state.name, 'reconnecting');
    assert.ok(client.state.reason instanceof TimeoutError);
    assert.ok(server.socket.closed);
    server.says(0x1000, 'from the dead');
    client.close();
  });

  test('any packet keeps the connection, even if the reply to the probe is late', async t => {
    const tick = still(t);
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 3000, timeout: 1000 });
    tick(3000);
    server.says(0x1000, 'busy');
    tick(1000);
    assert.equal(client.state.name, 'ready');
    client.close();
  });

  test('a reply that arrived while the machine was suspended keeps the connection', async t => {
    const tick = still(t);
    let now = 0;
    t.mock.method(Date, 'now', () => now);
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 3000, timeout: 1000 });
    tick(3000);
    now = 3_600_000;
    tick(1000);
    assert.equal(client.state.name, 'ready');
    server.passFence();
    tick(1000);
    assert.equal(client.state.name, 'ready');
    client.close();
  });

  test('no probe is sent if keepAlive is 0', async t => {
    const tick = still(t);
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 0 });
    tick(1_000_000);
    assert.deepEqual(server.socket.sent, []);
    client.close();
  });
});

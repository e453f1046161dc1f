import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError, PacketCommand, PacketErrorCode, TPacketClient } from 'tpacket-client';
import { FakeServer, packet, settled, watch } from './fake-server.mjs';

const { NewMsg, Presence, SetRoom } = PacketCommand;

const hex = bytes => Buffer.from(bytes).toString('hex');
const tokenOf = resume => hex(resume.data.subarray(24, 56));
const nextOf = resume => hex(resume.data.subarray(56));
const offsetOf = resume => Buffer.from(resume.data).readBigInt64LE(8);

/** Stops the clock, and makes delays the longest possible. */
function still(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.mock.method(Math, 'random', () => 0);
  return milliseconds => t.mock.timers.tick(milliseconds);
}

/** A client that follows the log of its room, and has a session. */
async function following(t, options) {
  const tick = still(t);
  const server = new FakeServer({ follows: true, sessions: true });
  const client = await server.following({ keepAlive: 0, ...options });
  return { tick, server, client, recorded: watch(client) };
}

/** Ends the connection, and reads the RESUME of the next one. */
async function drop({ server, client, tick }, code = 1006) {
  server.end(code);
  tick(client.state.delay);
  return server.readResume();
}

/** Sends a snapshot of a room at an offset. */
function snapshot(server, offset, room, users = { 0x1000: 'alice' }) {
  server.beginSnapshot(offset, room);
  for (const [id, nick] of Object.entries(users)) server.userComes(+id, nick);
  server.endSnapshot();
}

/** Answers the probe behind a refused RESUME. */
function passLevel2Fence(server) {
  server.refuse(server.read(PacketCommand.AcceptCommands, ''), PacketErrorCode.NickRequired);
}

test('a client requests a session after it has accepted commands', async () => {
  const server = new FakeServer();
  server.client({ session: { grace: 60_000 } }).connect('alice', 'lobby').catch(() => {});
  server.open();
  await settled();
  server.read(PacketCommand.Nop, 'magic string :)');
  server.ok(server.read(PacketCommand.SetUserNick, 'alice'));
  await settled();

  const [receipts, events, session, room] = server.socket.sent.map(({ uid, command, p1, p2, data }) => [uid, command, p1, p2, data.length]);
  assert.deepEqual([receipts, events, session], [[0x1002, 10, 17, 18, 0], [0x1003, 10, 14, 16, 0], [0x1004, 12, 60_000, 0, 32]]);
  assert.equal(room[1], SetRoom);
});

test('a client that does not follow the log accepts only PRESENCE and MOVE_ON', async () => {
  const server = new FakeServer();
  server.client({ followLog: false }).connect('alice', 'lobby').catch(() => {});
  server.open();
  await settled();
  server.read(PacketCommand.Nop, 'magic string :)');
  server.ok(server.read(PacketCommand.SetUserNick, 'alice'));
  await settled();
  assert.deepEqual(server.socket.sent.slice(0, 3).map(({ command, p1, p2 }) => [command, p1, p2]), [[10, 18, 18], [10, 16, 16], [12, 0, 0]]);
});

test('a grace that does not fit into a packet is rejected', () => {
  for (const grace of [-1, 0.5, 2 ** 31]) assert.throws(() => new FakeServer().client({ session: { grace } }), RangeError);
});

test('a client works without a session if the server refuses it, sends another answer or sends none', async t => {
  const tick = still(t);
  for (const answer of ['refuse', 'ok', undefined]) {
    const server = new FakeServer({ follows: true });
    server.answerSession = () => {
      const asked = server.socket.sent.shift();
      if (asked && answer) server[answer](asked, -2);
    };
    const client = await server.following({ keepAlive: 0 });
    const said = client.say('hello');
    server.end(1006);
    await assert.rejects(said, { closeCode: 1006 });
    tick(500);
    await server.signIn();
    await server.letFollow();
    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
  }
});

test('missed events follow, and roster and history stay', async t => {
  const context = await following(t);
  const { server, client, recorded } = context;
  const { session } = server;
  server.saysAt(4294967308, 0x1000, 'last');
  const { users, self } = client.roster;

  const resume = await drop(context);
  // Epoch 7, offset 4294967308, the check of that event.
  assert.equal(hex(resume.data.subarray(0, 24)), '07000000000000000c000000010000000000000000000000');
  assert.deepEqual([resume.p1, resume.p2, resume.data.length], [0, 0, 88]);
  assert.equal(tokenOf(resume), hex(session.data));
  assert.notEqual(nextOf(resume), tokenOf(resume));
  server.resume(resume, 0);
  server.event(4294967309, packet(PacketCommand.NewUser, { p1: 0x1001, data: 'bob' }));
  server.saysAt(4294967310, 0x1001, 'missed');
  server.passFence();

  assert.deepEqual(recorded.map(event => event.text ?? event.type ?? event), ['last', 'reconnecting', 'connecting', 'signingIn', 'joined', 'missed', 'ready']);
  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'resumed' });
  assert.deepEqual(client.roster.users, [...users, { id: 0x1001, nick: 'bob' }]);
  assert.equal(client.roster.self, self);
});

test('a RESUME without an answer is repeated with the same tokens, and after an answer the next token is current', async t => {
  const context = await following(t);
  const { server, client, tick } = context;
  const first = await drop(context);
  const second = await drop(context);
  assert.deepEqual(second.data, first.data);
  server.resume(second, 0);
  server.passFence();
  await settled();
  const third = await drop(context);
  assert.equal(tokenOf(third), nextOf(second));
  assert.notEqual(nextOf(third), tokenOf(third));
  assert.notEqual(nextOf(third), tokenOf(second));
  client.close();
});

test('the next connect resumes a session whose answer was lost', async t => {
  still(t);
  const server = new FakeServer({ follows: true });
  server.answerSession = () => {};
  const client = server.client({ keepAlive: 0 });
  const lost = client.connect('alice', 'lobby');
  await server.signIn();
  const asked = server.socket.sent.shift();
  assert.equal(asked.command, PacketCommand.Session);
  server.end(1006);
  await assert.rejects(lost, { closeCode: 1006 });

  const connected = client.connect('alice', 'lobby');
  const resume = await server.readResume();
  assert.equal(tokenOf(resume), hex(asked.data));
  assert.equal(hex(resume.data.subarray(0, 24)), '0000000000000000ffffffffffffffff0000000000000000');
  server.resume(resume, 1);
  snapshot(server, 9);
  server.passFence();
  await connected;
  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'rejoined' });
  const said = client.say('hello');
  server.receipt(server.read(NewMsg, 'hello'), 10);
  assert.equal((await said).offset, 10);
});

test('a snapshot replaces roster and history, and the client finds its own user by the id', async t => {
  const context = await following(t);
  const { server, client, recorded } = context;
  server.resume(await drop(context), 1);
  server.beginSnapshot(2000, 'lobby', 8);
  server.userComes(0x1000, 'alicia');
  server.userComes(0x1001, 'bob');
  server.send(Presence, { p1: 0x1001, p2: 1 });
  server.event(1999, packet(PacketCommand.LoggedMsg, { p1: 0x1001, p2: 3, data: 'bob: hi' }));
  server.endSnapshot();
  server.passFence();

  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'rejoined' });
  assert.deepEqual(recorded.map(event => event.type ?? event), ['reconnecting', 'connecting', 'signingIn', 'joining', 'entered', 'message', 'ready']);
  assert.equal(recorded[4].again, true);
  assert.equal(client.roster.self.nick, 'alicia');
  assert.deepEqual(client.roster.get(0x1001), { id: 0x1001, nick: 'bob', away: true });
});

test('a client that does not follow the log receives roster and history as bare packets', async t => {
  const tick = still(t);
  const server = new FakeServer({ follows: true, sessions: true });
  const client = server.client({ followLog: false, keepAlive: 0 });
  const connected = client.connect('alice', 'lobby');
  server.open();
  await settled();
  server.read(PacketCommand.Nop, 'magic string :)');
  server.ok(server.read(PacketCommand.SetUserNick, 'alice'));
  await settled();
  for (let i = 0; i < 2; i++) server.ok(server.read(PacketCommand.AcceptCommands, ''));
  server.answerSession();
  await server.letIn();
  await connected;

  const resume = await drop({ server, client, tick });
  assert.equal(offsetOf(resume), -1n);
  server.resume(resume, 1);
  server.userComes(0x1000, 'alice');
  server.logged('bob: hi');
  server.passFence();
  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'rejoined' });
});

test('a user in no room resumes without a room, and requests a room that it had not entered yet', async t => {
  const context = await following(t);
  const { server, client } = context;
  server.resume(await drop(context), 2);
  server.passFence();
  await settled();
  assert.deepEqual(client.state, { name: 'ready', continuity: 'resumed' });
  assert.deepEqual(client.roster.users, []);

  // The client has a new session, and its connection drops before it is in the room.
  void client.join('cellar').catch(() => {});
  await server.letFollow('cellar');
  server.refuse(await drop(context), PacketErrorCode.SessionUnknown);
  await settled();
  passLevel2Fence(server);
  await server.letSignIn();
  const resume = await drop(context);
  assert.equal(tokenOf(resume), hex(server.session.data));
  server.resume(resume, 2);
  server.passFence();
  await settled();
  await server.letFollow('cellar');
  assert.equal(client.state.room, 'cellar');
});

test('the client signs in on the same connection if the server does not know the session', async t => {
  for (const code of [PacketErrorCode.SessionUnknown, PacketErrorCode.NickRequired, PacketErrorCode.Unspecified]) {
    const context = await following(t);
    const { server, client } = context;
    const before = hex(server.session.data);
    const resume = await drop(context);
    server.refuse(resume, code);
    await settled();
    passLevel2Fence(server);
    await server.letSignIn();
    await server.letFollow();
    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
    assert.ok(![before, tokenOf(resume), nextOf(resume)].includes(hex(server.session.data)));
    assert.equal(server.sockets.length, 2);
    t.mock.timers.reset();
    t.mock.restoreAll();
  }
});

test('after RESP_ERROR -41 the client resumes after the delay that the server has named', async t => {
  const context = await following(t);
  const { server, client, tick } = context;
  const first = await drop(context);
  server.refuse(first, PacketErrorCode.TryLater, '', 7000);
  await settled();
  assert.deepEqual([client.state.name, client.state.delay, client.state.reason.code], ['reconnecting', 7000, PacketErrorCode.TryLater]);
  // Closing without a code keeps the session.
  assert.deepEqual(server.socket.closed, { code: undefined, reason: undefined });
  tick(7000);
  const second = await server.readResume();
  assert.equal(tokenOf(second), tokenOf(first));
  server.resume(second, 0);
  server.passFence();
  assert.equal(client.state.continuity, 'resumed');
});

test('the position of an incomplete snapshot is discarded', async t => {
  const context = await following(t);
  const { server } = context;
  server.resume(await drop(context), 1);
  server.beginSnapshot(20);
  server.userComes(0x1000, 'alice');
  assert.equal(offsetOf(await drop(context)), -1n);
});

test('if the answer to SET_ROOM is lost, the snapshot names the room', async t => {
  const context = await following(t);
  const { server, client } = context;
  const joined = client.join('cellar');
  server.read(SetRoom, 'cellar');
  const resumed = drop(context);
  await assert.rejects(joined, { closeCode: 1006 });
  server.resume(await resumed, 1);
  snapshot(server, 3, 'cellar');
  server.passFence();
  assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: 'rejoined' });
});

describe('the end of a connection', () => {
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013])
    test(`with ${code} is followed by RESUME`, async t => {
      const context = await following(t);
      context.server.resume(await drop(context, code), 0);
      context.server.passFence();
      assert.equal(context.client.state.continuity, 'resumed');
    });

  test('with 4001 closes the client', async t => {
    const { server, client, tick } = await following(t);
    server.end(4001, 'elsewhere');
    assert.deepEqual([client.state.name, client.state.reason.closeCode, client.state.reason.isTransient], ['closed', 4001, false]);
    tick(60_000);
    assert.equal(server.sockets.length, 1);
    client.connect('alice', 'lobby').catch(() => {});
    await server.signIn();
  });

  test('by close ends the session with 1000', async t => {
    const { server, client } = await following(t);
    client.close();
    assert.equal(server.socket.closed.code, 1000);
    client.connect('alice', 'lobby').catch(() => {});
    await server.signIn();
  });

  test('has no code if the client reconnects', async t => {
    const tick = still(t);
    // A silent server.
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 3000, timeout: 1000 });
    tick(3000);
    tick(1000);
    assert.deepEqual([client.state.name, server.socket.closed.code], ['reconnecting', undefined]);
    // A nick that is still taken.
    tick(500);
    server.open();
    await settled();
    server.socket.sent.shift();
    server.refuse(server.socket.sent.shift(), PacketErrorCode.NickTaken);
    await settled();
    assert.deepEqual([client.state.name, server.socket.closed.code], ['reconnecting', undefined]);
    // A server that does not answer.
    tick(1000);
    server.open();
    await settled();
    tick(1000);
    await settled();
    assert.deepEqual([client.state.name, server.socket.closed.code], ['reconnecting', undefined]);
  });

  test('has 1000 if a listener closes the client', async t => {
    const tick = still(t);
    const server = new FakeServer();
    const client = await server.ready({ keepAlive: 3000, timeout: 1000 });
    client.on('state', ({ name }) => name === 'reconnecting' && client.close());
    tick(3000);
    tick(1000);
    assert.deepEqual([client.state.name, server.socket.closed.code], ['closed', 1000]);
  });
});

test('a client that was closed without a connection resumes its session with the same nick only', async t => {
  for (const nick of ['alice', 'bob']) {
    const { server, client } = await following(t);
    server.end(1006);
    client.close();
    const connected = client.connect(nick, 'cellar');
    if (nick === 'alice') {
      server.resume(await server.readResume(), 1);
      snapshot(server, 9);
      server.passFence();
      await settled();
    } else {
      await server.signIn(nick);
    }
    await server.letFollow('cellar', { 0x1000: nick });
    await connected;
    assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: nick === 'alice' ? 'rejoined' : 'signedIn' });
    t.mock.timers.reset();
    t.mock.restoreAll();
  }
});

describe('packets without an answer', () => {
  test('are sent again with their uids, in order and before new packets', async t => {
    const context = await following(t);
    const { server, client, recorded } = context;
    const [one, two, three] = [client.say('one'), client.say('two'), client.append({ command: 300, p1: 3 })];
    const [first, second, third] = server.socket.sent.splice(0);
    server.receipt(first, 10);
    assert.equal((await one).offset, 10);

    const resume = await drop(context);
    let four;
    client.on('state', ({ name }) => name === 'ready' && (four = client.say('four')));
    server.resume(resume, 0);
    server.saysAt(11, 0x1000, 'two');
    server.passFence();
    assert.deepEqual(server.socket.sent.splice(0, 2), [second, third]);
    const fourth = server.read(NewMsg, 'four');
    assert.ok(fourth.uid > third.uid);
    server.receipt(second, 11);
    server.receipt(third, 12);
    server.receipt(fourth, 13);
    assert.deepEqual([(await two).offset, (await three).offset, (await four).offset], [11, 12, 13]);
    assert.ok(!recorded.some(({ type }) => type === 'refused'));
  });

  test('are at most 128, and their deadlines do not run without a connection', async t => {
    const context = await following(t, { reconnect: { initialDelay: 30_000 } });
    const { server, client, tick } = context;
    const said = Array.from({ length: 128 }, (_, i) => client.say(`${i}`));
    await assert.rejects(client.say('beyond'), ConnectionError);
    const requests = server.socket.sent.splice(0);
    server.end(1006);
    for (let second = 0; second < 30; second++) tick(1000);
    server.resume(await server.readResume(), 0);
    server.passFence();
    assert.deepEqual(server.socket.sent.splice(0), requests);
    await assert.rejects(client.say('beyond'), ConnectionError);
    requests.slice(1).forEach((request, i) => server.receipt(request, 10 + i));
    await Promise.all(said.slice(1));
    // The time on the new connection does.
    tick(10_000);
    await assert.rejects(said[0], { name: 'TimeoutError' });
  });

  test('reject if the session has ended', async t => {
    const context = await following(t);
    const said = context.client.say('hello');
    context.server.read(NewMsg, 'hello');
    context.server.refuse(await drop(context), PacketErrorCode.SessionUnknown);
    await assert.rejects(said, { name: 'ConnectionError' });
    passLevel2Fence(context.server);
    await context.server.letSignIn();
    await context.server.letFollow();
    assert.deepEqual(context.server.socket.sent, []);
  });

  test('are not sent in another room', async t => {
    for (const follows of [1, 2]) {
      const context = await following(t);
      const { server } = context;
      const said = context.client.say('hello');
      server.read(NewMsg, 'hello');
      server.resume(await drop(context), follows);
      if (follows === 1) snapshot(server, 3, 'cellar');
      server.passFence();
      await assert.rejects(said, { name: 'ConnectionError' });
      assert.deepEqual(server.socket.sent, []);
      t.mock.timers.reset();
      t.mock.restoreAll();
    }
  });
});

test('an away user stays in the roster, and returns', async t => {
  const { server, client, recorded } = await following(t);
  const marked = [];
  server.userComes(0x1001, 'bob');
  client.roster.on('presence', user => marked.push(user));
  const presence = (offset, id, away) => server.event(offset, packet(Presence, { p1: id, p2: away }));

  presence(10, 0x1001, 1);
  presence(11, 0x1001, 1); // The same presence again.
  presence(12, 0x7777, 1); // An unknown user.
  presence(13, 0x1000, 1); // The client itself, which has returned already.
  assert.deepEqual(client.roster.users, [{ id: 0x1000, nick: 'alice' }, { id: 0x1001, nick: 'bob', away: true }]);
  server.userComes(0x1001, 'bob'); // Sent a second time.
  // Another nick, while it is away.
  server.event(14, packet(PacketCommand.DelUser, { p1: 0x1001, data: 'bob' }), packet(PacketCommand.NewUser, { p1: 0x1001, data: 'eve' }));
  presence(15, 0x1001, 0);

  assert.deepEqual(recorded.slice(1), [
    { type: 'away', user: { id: 0x1001, nick: 'bob', away: true }, offset: 10, time: 10_000 },
    { type: 'left', user: { id: 0x1001, nick: 'bob', away: true }, offset: 14, time: 14_000 },
    { type: 'joined', user: { id: 0x1001, nick: 'eve', away: true }, offset: 14, time: 14_000 },
    { type: 'returned', user: { id: 0x1001, nick: 'eve' }, offset: 15, time: 15_000 },
  ]);
  assert.deepEqual(marked, [{ id: 0x1001, nick: 'bob', away: true }, { id: 0x1001, nick: 'eve' }]);
});

describe('MOVE_ON', () => {
  const moveOn = (server, p1, data) => server.send(PacketCommand.MoveOn, { p1, data });

  test('names the delay before the next attempt', async t => {
    const context = await following(t);
    const { server, client, tick, recorded } = context;
    tick(10_000);
    moveOn(server, 2500);
    server.end(1001);
    assert.deepEqual([client.state.attempt, client.state.delay], [1, 2500]);
    tick(2500);
    server.resume(await server.readResume(), 0);
    server.passFence();
    assert.equal(client.state.continuity, 'resumed');
    assert.ok(!recorded.some(({ type }) => type === 'packet'));
  });

  test('names an address, and the client returns to its own address if no server answers there', async t => {
    const context = await following(t);
    const { server, client, tick } = context;
    moveOn(server, 5, 'ws://there/chat');
    server.resume(await drop(context, 1001), 0);
    server.passFence();
    assert.equal(server.socket.url, 'ws://there/chat');
    server.end(1006);
    tick(client.state.delay);
    assert.equal(server.socket.url, 'ws://there/chat');
    server.end(1006);
    tick(client.state.delay);
    assert.equal(server.socket.url, 'ws://server/');
  });

  test('cannot name an address without TLS to a client with TLS, or an invalid address', async t => {
    const cases = [['wss://here/', 'ws://there/', 'wss://here/'], ['wss://here/', 'wss://there/', 'wss://there/'], ['ws://here/', 'wss://there/', 'wss://there/'], ['ws://here/', 'http://there/', 'ws://here/'], ['ws://here/', '/there', 'ws://here/']];
    for (const [url, named, expected] of cases) {
      const tick = still(t);
      const server = new FakeServer({ follows: true, sessions: true });
      const client = new TPacketClient(url, { WebSocket: server.WebSocket, keepAlive: 0 });
      const connected = client.connect('alice', 'lobby');
      await server.signIn();
      await server.letFollow();
      await connected;
      moveOn(server, 5, named);
      server.end(1001);
      tick(client.state.delay);
      assert.equal(server.socket.url, expected);
      client.close();
      t.mock.timers.reset();
      t.mock.restoreAll();
    }
  });

  test('names a delay of at most 5 minutes, and raises `packet` without a session', async t => {
    const { server, client } = await following(t);
    moveOn(server, 2 ** 31 - 1);
    server.end(1001);
    assert.equal(client.state.delay, 300_000);
    client.close();
    const plain = new FakeServer({ follows: true });
    const recorded = watch(await plain.following({ session: false }));
    moveOn(plain, 9);
    assert.equal(recorded[0].packet.p1, 9);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError, PacketCommand, PacketErrorCode, RequestError } from 'tpacket-client';
import { eventsOf } from 'tpacket-client/iteration';
import { FakeServer, settled, watch } from './fake-server.mjs';

const alice = { id: 0x1000, nick: 'alice' };
const bob = { id: 0x1001, nick: 'bob' };
const both = { 0x1000: 'alice', 0x1001: 'bob' };

describe('connecting', () => {
  test('passes through all states, and the roster is complete before the first event of the room', async () => {
    const server = new FakeServer();
    const client = server.client();
    const recorded = watch(client);

    const connected = client.connect('alice', 'lobby');
    assert.equal(server.socket.url, 'ws://server/');
    assert.equal(server.socket.binaryType, 'arraybuffer');
    assert.deepEqual(client.state, { name: 'connecting', attempt: 0 });
    await server.signIn();
    assert.deepEqual(client.state, { name: 'joining', room: 'lobby' });
    server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
    server.userComes(0x1001, 'bob');
    server.userComes(0x1000, 'alice');
    assert.deepEqual(client.roster.users, []);
    server.logged('bob: grüße');
    assert.deepEqual(client.roster.users, [bob, alice]);
    server.says(0x1001, 'hi alice');
    server.passFence();
    server.logged('The round is over.');
    await connected;

    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
    assert.deepEqual(client.roster.self, alice);
    assert.deepEqual(recorded, [
      'connecting',
      'signingIn',
      'joining',
      { type: 'entered', room: 'lobby', again: false },
      { type: 'message', text: 'bob: grüße', history: true },
      { type: 'message', sender: bob, text: 'hi alice', history: false },
      'ready',
      { type: 'message', text: 'The round is over.', history: false },
    ]);
  });

  test('is possible without a room, and the client can join one later', async () => {
    const server = new FakeServer();
    const client = server.client();

    const connected = client.connect('alice');
    await server.signIn();
    await connected;
    assert.deepEqual(client.state, { name: 'ready', continuity: 'signedIn' });

    const joined = client.join('lobby');
    assert.deepEqual(client.state, { name: 'joining', room: 'lobby' });
    await server.letIn('lobby');
    await joined;
    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
  });

  test('accepts commands before it enters the room', async () => {
    const server = new FakeServer();
    const connected = server.client({ accept: [[256, 300], [1000, 1000]] }).connect('alice', 'lobby');
    await server.signIn();

    for (const [first, last] of [[256, 300], [1000, 1000]]) {
      const request = server.read(PacketCommand.AcceptCommands, '');
      assert.deepEqual([request.p1, request.p2], [first, last]);
      server.ok(request);
    }
    await settled();
    server.answerFollower();
    await server.letIn();
    await connected;
  });

  test('fails if the server refuses the nick, and the client can connect with another nick', async () => {
    const server = new FakeServer();
    const client = server.client();

    const refused = client.connect('alice', 'lobby');
    server.open();
    await settled();
    server.read(PacketCommand.Nop, 'magic string :)');
    server.refuse(server.read(PacketCommand.SetUserNick, 'alice'), -11, 'Another user has that nick.');

    const error = await refused.catch(e => e);
    assert.ok(error instanceof RequestError);
    assert.deepEqual([error.code, error.text], [PacketErrorCode.NickTaken, 'Another user has that nick.']);
    assert.deepEqual(client.state, { name: 'closed', reason: error });
    assert.deepEqual(server.socket.closed, { code: 1000, reason: '' });

    const connected = client.connect('alice2', 'lobby');
    await server.signIn('alice2');
    await server.letIn('lobby', { 0x1001: 'alice2' });
    await connected;
    assert.equal(client.state.name, 'ready');
  });

  test('fails if the server refuses the room', async () => {
    const server = new FakeServer();
    const client = server.client();

    const refused = client.connect('alice', '');
    await server.signIn();
    server.refuse(server.read(PacketCommand.SetRoom, ''), -20);

    await assert.rejects(refused, { name: 'RequestError', code: PacketErrorCode.RoomNameInvalid, text: '' });
    assert.equal(client.state.name, 'closed');
    assert.equal(server.sockets.length, 1);
  });

  test('is not repeated if the first attempt fails', async () => {
    const server = new FakeServer();
    const client = server.client();

    const failed = client.connect('alice');
    server.end(1006);

    await assert.rejects(failed, { name: 'ConnectionError', closeCode: 1006 });
    assert.equal(client.state.reason.closeCode, 1006);
    assert.equal(server.sockets.length, 1);
  });

  test('ends when its signal is aborted', async () => {
    for (const steps of [0, 1, 2]) {
      const server = new FakeServer();
      const client = server.client();
      const controller = new AbortController();
      const connected = client.connect('alice', 'lobby', { signal: controller.signal });
      if (steps === 1) server.open();
      if (steps === 2) await server.signIn();
      await settled();

      controller.abort(new Error('too late'));

      await assert.rejects(connected, { message: 'too late' });
      assert.equal(client.state.reason.message, 'too late');
      assert.ok(server.socket.closed);
    }
  });

  test('does not begin with an aborted signal', async () => {
    const server = new FakeServer();
    await assert.rejects(server.client().connect('alice', 'lobby', { signal: AbortSignal.abort(new Error('too late')) }), { message: 'too late' });
    assert.equal(server.sockets.length, 0);
  });

  test('throws while there is a connection', async () => {
    const client = await new FakeServer().ready();
    await assert.rejects(client.connect('alice'), { message: 'The client is ready.' });
    assert.equal(client.state.name, 'ready');
  });

  test('stops if a listener closes the client in any state', async () => {
    for (const name of ['connecting', 'signingIn', 'joining', 'ready']) {
      const server = new FakeServer();
      const client = server.client();
      client.on('state', state => state.name === name && client.close());
      const connected = client.connect('alice', 'lobby');
      const outcome = connected.then(() => 'done', error => error);
      try {
        await server.signIn();
        await server.letIn();
      } catch {
        // The client has closed the connection.
      }

      assert.ok((await outcome) instanceof ConnectionError, name);
      assert.deepEqual(client.state, { name: 'closed' });
      assert.ok(server.socket.closed);
    }
  });

  test('throws without a WebSocket class, and passes on the error of an invalid URL', async () => {
    const server = new FakeServer();
    const client = server.client({
      WebSocket: class {
        constructor() {
          throw new SyntaxError('no URL');
        }
      },
    });
    await assert.rejects(client.connect('alice'), SyntaxError);
    assert.equal(client.state.name, 'closed');
  });
});

describe('in a room', () => {
  test('users who join and leave raise events and change the roster', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const recorded = watch(client);
    const changes = [];
    client.roster.on('added', user => changes.push(['added', user.nick, client.roster.size]));
    client.roster.on('removed', user => changes.push(['removed', user.nick, client.roster.size]));
    const before = client.roster.users;
    assert.equal(client.roster.users, before);

    server.userComes(0x1001, 'bob');
    assert.deepEqual(client.roster.users, [alice, bob]);
    assert.deepEqual(before, [alice]);
    assert.deepEqual(client.roster.get(0x1001), bob);
    server.says(0x1001, 'hello');
    server.userGoes(0x1001, 'bob');
    server.userGoes(0x1001, 'bob');

    assert.deepEqual(client.roster.users, [alice]);
    assert.deepEqual(changes, [['added', 'bob', 2], ['removed', 'bob', 1]]);
    assert.deepEqual(recorded, [
      { type: 'joined', user: bob },
      { type: 'message', sender: bob, text: 'hello', history: false },
      { type: 'left', user: bob },
    ]);
  });

  test('a message is sent, and the event of a refusal has its uid', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const recorded = watch(client);

    const { uid } = await client.say('grüße ✓ 😀');
    const sent = server.read(PacketCommand.NewMsg, 'grüße ✓ 😀');
    assert.equal(sent.uid, uid);
    server.refuse(sent, -30, 'The message is too long.');

    assert.equal(recorded.length, 1);
    assert.deepEqual([recorded[0].type, recorded[0].error.uid, recorded[0].error.code], ['refused', uid, PacketErrorCode.MessageTooLong]);
  });

  test('a packet that exceeds the rate limit raises `refused`, and a request rejects', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const recorded = watch(client);

    const { uid } = await client.say('one too many');
    server.refuse(server.read(PacketCommand.NewMsg, 'one too many'), -40, 'Too many packets; wait a little.');
    const reply = client.request({ command: 256 });
    server.refuse(server.socket.sent.shift(), -40);

    assert.deepEqual([recorded[0].type, recorded[0].error.uid, recorded[0].error.code, recorded[0].error.isTransient], ['refused', uid, PacketErrorCode.RateLimited, true]);
    await assert.rejects(reply, { name: 'RequestError', code: PacketErrorCode.RateLimited });
    assert.equal(client.state.name, 'ready');
  });

  test('the application sends and receives packets of its own', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const packets = [];
    client.on('packet', event => packets.push(event.packet));

    client.send({ command: 256, p1: 6, p2: -7, data: Uint8Array.of(1, 2) });
    const sent = server.socket.sent.shift();
    assert.deepEqual([sent.command, sent.p1, sent.p2, [...sent.data]], [256, 6, -7, [1, 2]]);

    server.send(257, { p1: 0x1000, p2: 4, data: Uint8Array.of(0xff) });
    server.send(PacketCommand.Nop);
    assert.deepEqual(packets, [{ uid: -1, command: 257, p1: 0x1000, p2: 4, data: Uint8Array.of(0xff) }]);
  });

  test('the client enters another room if the server allows that', async () => {
    const server = new FakeServer();
    const client = await server.ready({}, both);

    const joined = client.join('cellar');
    server.says(0x1001, 'still here');
    await server.letIn('cellar', { 0x1000: 'alice', 0x1002: 'carol' });
    await joined;

    assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: 'signedIn' });
    assert.deepEqual(client.roster.users, [alice, { id: 0x1002, nick: 'carol' }]);
  });

  test('a refused room changes nothing', async () => {
    const server = new FakeServer();
    const client = await server.ready({}, both);

    const joined = client.join('cellar');
    server.refuse(server.read(PacketCommand.SetRoom, 'cellar'), -22);
    server.passFence();

    await assert.rejects(joined, { code: PacketErrorCode.RoomChangeNotAllowed });
    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
    assert.deepEqual(client.roster.users, [alice, bob]);
  });

  test('a second NEW_USER of the same user raises no event', async () => {
    const server = new FakeServer();
    const client = await server.ready({}, both);
    const recorded = watch(client);
    client.roster.on('removed', user => recorded.push(user));
    const { users } = client.roster;
    server.userComes(0x1000, 'alice');
    assert.deepEqual(recorded, []);
    assert.equal(client.roster.users, users);
  });

  test('an unknown sender has no nick', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const recorded = watch(client);
    server.says(0x2000, 'who am I');
    assert.deepEqual(recorded[0].sender, { id: 0x2000, nick: '' });
  });

  test('a listener that throws does not affect the others, and a removed listener is not called', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const thrown = [];
    const microtask = globalThis.queueMicrotask;
    globalThis.queueMicrotask = callback => thrown.push(callback);
    const heard = [];
    client.on('message', () => {
      throw new Error('mine');
    });
    const off = client.on('message', event => heard.push(event.text));

    server.says(0x1000, 'one');
    off();
    server.says(0x1000, 'two');
    globalThis.queueMicrotask = microtask;

    assert.deepEqual(heard, ['one']);
    assert.equal(thrown.length, 2);
    assert.throws(thrown[0], { message: 'mine' });
  });

  test('nothing is sent while the client is not ready, and the error has its state', async () => {
    const server = new FakeServer();
    const client = server.client();
    await assert.rejects(client.say('hello'), { name: 'ConnectionError', message: 'The client is closed, not ready.' });
    await assert.rejects(client.request({ command: 256 }), { name: 'ConnectionError' });
    await assert.rejects(client.join('lobby'), { name: 'ConnectionError' });
  });

  test('nothing is sent while the send buffer is full', async () => {
    const server = new FakeServer();
    const client = await server.ready({ maxBufferedBytes: 100 });
    server.socket.bufferedAmount = 72;
    await client.say('1234');
    await assert.rejects(client.say('12345'), ConnectionError);
    assert.equal(server.socket.sent.length, 1);
    assert.equal(client.state.name, 'ready');
  });

  test('closing ends all pending operations', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const recorded = watch(client);
    const events = eventsOf(client);
    const request = client.request({ command: 256 });

    client.close();
    client.close();
    server.says(0x1000, 'too late');

    await assert.rejects(request, ConnectionError);
    assert.deepEqual(client.state, { name: 'closed' });
    assert.deepEqual(client.roster.users, []);
    assert.deepEqual(recorded, ['closed']);
    assert.deepEqual(server.socket.closed, { code: 1000, reason: '' });
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });
});

describe('a large room', () => {
  test('sends its number of members, and only the members who send messages', async () => {
    const server = new FakeServer();
    const client = server.client({ accept: [[PacketCommand.MemberCount, PacketCommand.MemberCount]] });
    const counts = [];
    client.roster.on('counted', count => counts.push([count, client.roster.count]));
    const connected = client.connect('alice', 'lobby');
    await server.signIn();
    server.ok(server.read(PacketCommand.AcceptCommands, ''));
    await settled();
    server.answerFollower();
    server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
    server.userComes(0x1000, 'alice');
    server.send(PacketCommand.MemberCount, { p1: 3000 });
    server.passFence();
    await connected;
    assert.deepEqual([client.roster.size, client.roster.count], [1, 3000]);

    server.userComes(0x1001, 'bob');
    server.says(0x1001, 'hi');
    assert.deepEqual([client.roster.size, client.roster.count], [2, 3000]);
    server.userGoes(0x1001, 'bob');
    server.send(PacketCommand.MemberCount, { p1: 2 });
    assert.deepEqual([client.roster.size, client.roster.count], [1, 2]);
    server.userComes(0x1002, 'carol');
    server.send(PacketCommand.MemberCount, { p1: 2 });
    server.userComes(0x1003, 'dave');
    assert.deepEqual([client.roster.size, client.roster.count], [3, 3]);
    assert.deepEqual(counts, [[3000, 3000], [2, 2], [2, 2]]);
  });
});

describe('another nick', () => {
  test('is sent to the server, and used again after a reconnect', async () => {
    const server = new FakeServer();
    const client = await server.ready({ reconnect: { initialDelay: 1 } });

    const renamed = client.rename('alicia');
    server.ok(server.read(PacketCommand.SetUserNick, 'alicia'));
    await renamed;
    const opened = new Promise(resolve => client.on('state', state => state.name === 'connecting' && resolve()));
    server.end();
    await opened;

    await server.signIn('alicia');
  });

  test('changes nothing if the server refuses it', async () => {
    const server = new FakeServer();
    const client = await server.ready();

    const renamed = client.rename('bob');
    server.refuse(server.read(PacketCommand.SetUserNick, 'bob'), PacketErrorCode.NickTaken, 'This nick is taken.');

    await assert.rejects(renamed, error => error instanceof RequestError && error.code === PacketErrorCode.NickTaken);
    assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
    assert.deepEqual(client.roster.self, alice);
  });
});

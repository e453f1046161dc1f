// The address of an attempt: its schemes, the function that returns it, and failed connections.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError, PacketCommand, PacketErrorCode, RequestError, TPacketClient } from 'tpacket-client';
import { FakeServer, settled } from './fake-server.mjs';

/** Accepts a client's sign-in. */
async function enter(server) {
  await server.signIn();
  server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
  server.userComes(0x1000, 'alice');
  server.passFence();
}

/** Returns a client of an address, and the list of the arguments of its WebSockets. */
function start(t, address, options = {}) {
  const made = [];
  class Socket {
    bufferedAmount = 0;
    constructor(...target) {
      made.push(target);
      this.target = target;
      made.last = this;
    }
    send() {}
    close() {}
    fail(message) {
      this.onerror?.({ message });
      this.onclose?.({ code: 1006, reason: '' });
    }
  }
  const client = new TPacketClient(address, { WebSocket: Socket, ...options });
  t.after(() => client.close());
  return { client, made };
}

for (const [given, used] of [['http://host/chat?a=http://b', 'ws://host/chat?a=http://b'], ['https://host/', 'wss://host/'], ['wss://host/', 'wss://host/']])
  test(`${given} is ${used}`, t => {
    const { client, made } = start(t, given);
    client.connect('alice').catch(() => {});
    assert.deepEqual([...made], [[used]]);
  });

describe('the error of a connection that never opened', () => {
  for (const [url, hint] of [['ws://host:1/', / \(or wss:\/\/\)/], ['wss://host:1/', /path and origin/]])
    test(`names the address ${url} and what to check`, async t => {
      const { client, made } = start(t, url);
      const connected = client.connect('alice');
      made.last.fail();
      const error = await connected.catch(error => error);
      assert.ok(error instanceof ConnectionError);
      assert.equal(error.closeCode, 1006);
      assert.match(error.message, hint);
      assert.ok(error.message.startsWith(`No connection to ${url}. Check host, port`), error.message);
    });

  test('leaves out the query, which may contain a token', async t => {
    const { client, made } = start(t, 'ws://host/rooms?access_token=secret');
    const connected = client.connect('alice');
    made.last.fail();
    await assert.rejects(connected, { message: /^No connection to ws:\/\/host\/rooms\. / });
  });

  test('has the reason and the HTTP status if the platform reports them', async t => {
    const { client, made } = start(t, 'ws://host/');
    const connected = client.connect('alice');
    made.last.fail('Unexpected server response: 403');
    await assert.rejects(connected, { httpStatus: 403, isTransient: false, message: /^No connection to ws:\/\/host\/: Unexpected server response: 403\. / });
  });

  test('says that the connection has ended if it was open', async () => {
    const server = new FakeServer();
    const connected = server.client().connect('alice');
    server.open();
    server.socket.onclose({ code: 1006, reason: '' });
    await assert.rejects(connected, { message: 'The connection has ended with 1006.' });
  });
});

describe('an address function', () => {
  test('is called for each attempt, and may be asynchronous and return subprotocols', async () => {
    const server = new FakeServer();
    const given = [];
    const tokens = ['one', 'two'];
    const client = server.client({
      reconnect: { initialDelay: 1 },
      address: async named => {
        given.push(named);
        return { url: `http://server/?token=${tokens.shift()}`, protocols: ['tpacket', 'bearer.abc'] };
      },
    });
    const connected = client.connect('alice', 'lobby');
    await settled();
    assert.equal(server.socket.url, 'ws://server/?token=one');
    assert.deepEqual(server.socket.protocols, ['tpacket', 'bearer.abc']);
    await enter(server);
    await connected;
    const again = new Promise(resolve => client.on('state', ({ name, attempt }) => name === 'connecting' && attempt === 1 && resolve()));
    server.socket.onclose({ code: 1006, reason: '' });
    await again;
    assert.equal(server.socket.url, 'ws://server/?token=two');
    assert.deepEqual(given, [undefined, undefined]);
  });

  test('that throws fails the attempt, and a client that was ready tries again', async () => {
    const server = new FakeServer();
    let calls = 0;
    const client = server.client({
      reconnect: { initialDelay: 1 },
      address: () => {
        if (++calls === 2) throw new Error('no token');
        return 'ws://server/';
      },
    });
    const connected = client.connect('alice', 'lobby');
    await settled();
    await enter(server);
    await connected;
    const reasons = [];
    const third = new Promise(resolve => client.on('state', ({ name, reason, attempt }) => (reason && reasons.push(reason.message), name === 'connecting' && attempt === 2 && resolve())));
    server.socket.onclose({ code: 1006, reason: '' });
    await third;
    assert.equal(calls, 3);
    assert.equal(reasons.at(-1), 'No address: no token');
  });

  test('that returns undefined closes the client', async t => {
    const { client, made } = start(t, () => undefined);
    await assert.rejects(client.connect('alice'), { name: 'ConnectionError', httpStatus: 401 });
    assert.equal(client.state.name, 'closed');
    assert.deepEqual(made, []);
  });

  test('that never returns fails the attempt after the timeout', async t => {
    const { client } = start(t, () => new Promise(() => {}), { timeout: 1 });
    await assert.rejects(client.connect('alice'), { message: 'No address: No reply within 1 ms.' });
  });

  test('that returns after the client was closed starts no attempt', async t => {
    let give;
    const { client, made } = start(t, () => new Promise(resolve => (give = resolve)));
    const connected = client.connect('alice');
    client.close();
    give('ws://host/');
    await assert.rejects(connected, { message: 'The client was closed.' });
    await settled();
    assert.deepEqual(made, []);
  });
});

describe('a refusal by 401 or 403', () => {
  for (const [outcome, address, state] of [['is final', 'ws://server/', 'closed'], ['is not final with an address function', () => 'ws://server/', 'reconnecting']])
    test(outcome, async () => {
      const server = new FakeServer();
      const client = server.client({ reconnect: { initialDelay: 1 }, address });
      const connected = client.connect('alice', 'lobby');
      await settled();
      await enter(server);
      await connected;
      const again = new Promise(resolve => client.on('state', ({ name, attempt }) => name === 'connecting' && attempt === 1 && resolve()));
      server.socket.onclose({ code: 1006, reason: '' });
      await again;
      await settled();
      server.socket.onerror({ message: 'Unexpected server response: 401' });
      server.socket.onclose({ code: 1006, reason: '' });
      assert.equal(client.state.name, state);
    });
});

describe('sending', () => {
  test('is possible in `entered`, before the history has arrived', async () => {
    const server = new FakeServer();
    const client = server.client();
    let reply;
    client.on('entered', () => {
      assert.equal(client.state.name, 'joining');
      reply = client.request({ command: 256, data: 'state' });
      void client.say('hello');
    });
    const connected = client.connect('alice', 'lobby');
    await server.signIn();
    server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
    server.userComes(0x1000, 'alice');
    server.logged('bob: hi');
    const fence = server.socket.sent.shift();
    server.ok(server.read(256, 'state'));
    server.read(PacketCommand.NewMsg, 'hello');
    await reply;
    server.send(PacketCommand.RespError, { uid: fence.uid, p1: -4 });
    await connected;
  });

  test('is not possible before `entered`', async () => {
    const server = new FakeServer();
    const client = server.client();
    client.connect('alice', 'lobby').catch(() => {});
    await server.signIn();
    server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
    await assert.rejects(client.request({ command: 256 }), { message: 'The client is joining, not ready.' });
  });
});

test('the message of a refusal has the name of the code as in the .NET client, and one full stop', () => {
  assert.equal(new RequestError(PacketErrorCode.NickTaken, 'The nick is taken.', 1).message, 'The server has refused with NickTaken: The nick is taken.');
  assert.equal(new RequestError(PacketErrorCode.NickTaken, '', 1).message, 'The server has refused with NickTaken');
  assert.equal(new RequestError(-1000, 'no', 1).message, 'The server has refused with -1000: no');
});

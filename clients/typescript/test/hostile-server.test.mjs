import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { PacketCommand, ProtocolError, encodeText } from 'tpacket-client';
import { FakeServer } from './fake-server.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../../tests/Vectors/packets.json', import.meta.url), 'utf8'));
const notUtf8 = Uint8Array.of(0x61, 0xc3, 0x28);

/** Asserts that the client ends the connection with a reason, and does not reconnect. */
function assertLeft(server, client, status) {
  assert.equal(client.state.name, 'closed');
  assert.ok(client.state.reason instanceof ProtocolError);
  assert.equal(client.state.reason.status, status);
  assert.deepEqual(server.socket.closed, { code: 4000, reason: status });
}

describe('a message that is no packet ends the connection', () => {
  for (const { name, hex, status } of vectors.refused)
    test(name, async () => {
      const server = new FakeServer();
      const client = await server.ready({ maxPacketLength: 0x7fffffff });
      server.message(Uint8Array.from(Buffer.from(hex, 'hex')));
      assertLeft(server, client, status);
    });

  test('a text message', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    server.message('Ej8@');
    assertLeft(server, client, 'NotBinary');
  });

  test('a packet longer than the limit', async () => {
    const server = new FakeServer();
    const client = await server.ready({ maxPacketLength: 1000 });
    server.send(256, { data: new Uint8Array(976) });
    assert.equal(client.state.name, 'ready');
    server.send(256, { data: new Uint8Array(977) });
    assertLeft(server, client, 'SizeTooLarge');
  });
});

describe('data that must be UTF-8 but is not ends the connection', () => {
  for (const name of ['NewUser', 'NewMsg', 'LoggedMsg', 'RespError'])
    test(name, async () => {
      const server = new FakeServer();
      const client = await server.ready();
      server.send(PacketCommand[name], { p1: 0x1001, data: notUtf8 });
      assertLeft(server, client, 'NotUtf8');
    });

  test('in the refusal of a request', async () => {
    const server = new FakeServer();
    const client = await server.ready();
    const request = client.request({ command: 256 });
    server.send(PacketCommand.RespError, { uid: server.socket.sent.shift().uid, p1: -1, data: notUtf8 });
    await assert.rejects(request, ProtocolError);
    assertLeft(server, client, 'NotUtf8');
  });
});

describe('the roster is bounded', () => {
  test('while the client enters the room', async () => {
    const server = new FakeServer();
    const client = server.client({ maxUsers: 3 });
    const connected = client.connect('alice', 'lobby');
    await server.signIn();
    server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
    for (let id = 1; id <= 4; id++) server.userComes(id, `user ${id}`);
    await assert.rejects(connected, { status: 'TooManyUsers' });
    assertLeft(server, client, 'TooManyUsers');
  });

  test('after the client has entered the room', async () => {
    const server = new FakeServer();
    const client = await server.ready({ maxUsers: 3 });
    for (let id = 1; id <= 2; id++) server.userComes(id, `user ${id}`);
    assert.equal(client.roster.size, 3);
    server.userComes(3, 'user 3');
    assertLeft(server, client, 'TooManyUsers');
  });
});

test('meaningless but harmless packets are tolerated', async () => {
  const server = new FakeServer();
  const client = await server.ready();

  server.ok({ uid: 77 });
  server.refuse({ uid: -1 }, -1);
  server.userGoes(9, 'nobody');
  server.send(PacketCommand.NewUser, { p1: -5, data: '__proto__' });
  server.send(PacketCommand.NewUser, { p1: -5, data: 'constructor' });
  server.send(9, { data: encodeText('reserved') });
  server.send(-1);

  assert.equal(client.state.name, 'ready');
  assert.deepEqual(client.roster.users, [{ id: 0x1000, nick: 'alice' }, { id: -5, nick: 'constructor' }]);
});

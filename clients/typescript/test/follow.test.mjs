import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PacketCommand, ProtocolError } from 'tpacket-client';
import { eventsOf } from 'tpacket-client/iteration';
import { FakeServer, packet, place, settled, watch } from './fake-server.mjs';

const bytes = hex => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const message = (id, text) => packet(PacketCommand.NewMsg, { p1: id, data: text });
const logged = (id, text, length) => packet(PacketCommand.LoggedMsg, { p1: id, p2: length, data: text });
const event = (p1, p2, ...data) => packet(PacketCommand.Event, { p1, p2, data: Buffer.concat(data) });
const position = bytes('0000000000000000 0500000000000000 0000000000000000');

/** Records all events from now on with their offsets and times. */
function places(client) {
  const recorded = [];
  client.on('event', ({ type, offset, time, sender, user, text, history }) =>
    recorded.push([offset ?? '-', time ?? '-', history ? 'history' : type, sender?.nick ?? user?.nick, text].filter(word => word !== undefined).join(' ')),
  );
  return recorded;
}

test('a client without sessions accepts receipts and events before it enters the room', async () => {
  const server = new FakeServer({ follows: true });
  server.client({ session: false }).connect('alice', 'lobby').catch(() => {});
  server.open();
  await settled();
  server.read(PacketCommand.Nop, 'magic string :)');
  server.ok(server.read(PacketCommand.SetUserNick, 'alice'));
  await settled();
  assert.deepEqual(
    server.socket.sent.map(({ uid, command, p1, p2 }) => [uid, command, p1, p2]),
    [[0x1002, 10, 17, 17], [0x1003, 10, 14, 15], [0x1004, PacketCommand.SetRoom, 0, 0], [0x1005, 10, 0, 0]],
  );
});

test('a snapshot and an event are read from their bytes', async () => {
  const server = new FakeServer({ follows: true });
  const client = server.client();
  const events = eventsOf(client);
  const connected = client.connect('alice', 'lobby');
  await server.signIn();
  server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
  // SNAPSHOT, 53 bytes, p1 1; epoch, offset 1 + 1 * 2^32, check; "lobby".
  server.message(bytes('456A3840 FFFFFFFF 35000000 0F000000 01000000 00000000 EFCDAB8967452301 0100000001000000 0807060504030201 6C6F626279'));
  server.userComes(0x1000, 'alice');
  server.message(bytes('456A3840 FFFFFFFF 18000000 0F000000 00000000 00000000'));
  // EVENT, 69 bytes, offset 2 + 1 * 2^32; time, check; NEW_MSG "hello".
  server.message(
    bytes('456A3840 FFFFFFFF 45000000 0E000000 02000000 01000000 FA262D27A2010000 8877665544332211 456A3840 FFFFFFFF 1D000000 07000000 00100000 00000000 68656C6C6F'),
  );
  server.passFence();
  await connected;

  assert.deepEqual((await events.next()).value, { type: 'entered', room: 'lobby', again: false });
  assert.deepEqual((await events.next()).value, {
    type: 'message',
    sender: { id: 0x1000, nick: 'alice' },
    text: 'hello',
    history: false,
    offset: 4294967298,
    time: Date.UTC(2026, 10, 29, 12, 0, 0, 250),
  });
});

test('messages of the history have their senders, times and offsets', async () => {
  const server = new FakeServer({ follows: true });
  const client = server.client();
  const recorded = places(client);
  const connected = client.connect('alice', 'lobby');
  await server.signIn();
  server.ok(server.read(PacketCommand.SetRoom, 'lobby'));
  server.beginSnapshot(9);
  server.userComes(0x1001, 'alice');
  server.userComes(0x1000, 'b: ob');
  server.event(3, logged(0x1000, 'b: ob: one: two', 5));
  server.event(5, logged(0, 'The round is over.', 0));
  server.event(9, logged(0x0fff, 'grün: ✓', 5));
  server.endSnapshot();
  server.passFence();
  await connected;
  server.saysAt(10, 0x1000, 'hi');

  assert.deepEqual(recorded, [
    '- - entered',
    '3 3000 history b: ob one: two',
    '5 5000 history The round is over.',
    '9 9000 history grün ✓',
    '10 10000 message b: ob hi',
  ]);
  assert.deepEqual(client.roster.self, { id: 0x1001, nick: 'alice' });
});

test('all events of the room have an offset and a time, and packets for this client alone have neither', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = places(client);

  server.event(10, packet(PacketCommand.NewUser, { p1: 0x1001, data: 'bob' }));
  server.event(12, packet(PacketCommand.DelUser, { p1: 0x1001, data: 'bob' }), packet(PacketCommand.NewUser, { p1: 0x1001, data: 'eve' }));
  server.event(512);
  server.send(300, { data: 'for alice alone' });
  server.event(513, packet(300));
  server.saysAt(5_000_000_000, 0x1001, 'far');
  server.event(5_000_000_001, logged(0, 'Done.', 0));

  assert.deepEqual(recorded, [
    '10 10000 joined bob',
    '12 12000 left bob',
    '12 12000 joined eve',
    '- - packet',
    '513 513000 packet',
    '5000000000 5000000000000 message eve far',
    '5000000001 5000000001000 message Done.',
  ]);
});

for (const length of [0, -1, 4, 6, 1000, 0x7fffffff])
  test(`a nick of ${length} bytes that does not fit leaves the text whole`, async () => {
    const server = new FakeServer({ follows: true });
    const client = await server.following();
    const recorded = places(client);
    server.event(10, logged(0x1000, 'grün: ✓', length));
    assert.deepEqual(recorded, ['10 10000 message grün: ✓']);
  });

test('a later snapshot resets the room', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  server.event(10, packet(PacketCommand.NewUser, { p1: 0x1001, data: 'bob' }));
  const recorded = places(client);

  // Another epoch: offsets start over.
  server.beginSnapshot(2, 'lobby', 8);
  server.userComes(0x1000, 'alice');
  server.userComes(0x1002, 'carol');
  server.event(1, logged(0x1002, 'carol: one', 5));
  server.endSnapshot();
  server.saysAt(3, 0x1002, 'two');

  assert.deepEqual(recorded, ['- - entered', '1 1000 history carol one', '3 3000 message carol two']);
  assert.deepEqual(client.roster.users.map(({ nick }) => nick), ['alice', 'carol']);
  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'signedIn' });
});

test('after a snapshot of another room, the client is in that room, also after a reconnect', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = watch(client);

  server.beginSnapshot(4, 'cellar', 9);
  server.userComes(0x1000, 'alice');
  server.endSnapshot();
  assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: 'signedIn' });
  assert.deepEqual(recorded, ['ready', { type: 'entered', room: 'cellar', again: false }]);

  server.end();
  t.mock.timers.tick(500);
  await server.signIn();
  await server.letFollow('cellar');
  assert.deepEqual(client.state, { name: 'ready', room: 'cellar', continuity: 'signedIn' });
  client.close();
});

test('a client that changes rooms follows the log of the new room from its snapshot', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.following();
  const recorded = places(client);
  const joined = client.join('cellar');
  const request = server.read(PacketCommand.SetRoom, 'cellar');
  server.saysAt(10, 0x1000, 'still here');
  server.ok(request);
  server.beginSnapshot(-1, 'cellar');
  server.userComes(0x1000, 'alice');
  server.endSnapshot();
  server.saysAt(0, 0x1000, 'there');
  server.passFence();
  await joined;

  assert.deepEqual(recorded, ['10 10000 message alice still here', '- - entered', '0 0 message alice there']);
});

test('the client works with a server without logs', async () => {
  const server = new FakeServer();
  const client = await server.ready();
  const recorded = places(client);
  server.says(0x1000, 'hello');
  server.send(PacketCommand.LoggedMsg, { p1: 0x1000, p2: 5, data: 'alice: p1 and p2 mean nothing here' });
  assert.deepEqual(recorded, ['- - message alice hello', '- - message alice: p1 and p2 mean nothing here']);
});

test('a client that does not follow the log accepts no commands for it', async () => {
  const server = new FakeServer({ follows: true });
  const client = await server.ready({ followLog: false, session: false });
  const recorded = watch(client);
  for (const command of [14, 15, 17]) server.send(command, { p1: 1 });
  assert.deepEqual(recorded.map(({ packet: { command } }) => command), [14, 15, 17]);
});

describe('a violation of the protocol ends the connection', () => {
  const head = place(1000);
  const snapshot = (p1, data) => packet(PacketCommand.Snapshot, { p1, data });
  const receipt = (p1, p2, data) => packet(PacketCommand.Receipt, { p1, p2, data });
  const hello = message(0x1000, 'hello');
  const begin = snapshot(1, Buffer.concat([position, Buffer.from('l')]));
  const never = bytes('FFFFFFFFFFFFFF7F 0000000000000000');

  for (const [name, status, ...packets] of [
    ['an EVENT without a check', 'BadEvent', event(10, 0, head.subarray(0, 8))],
    ['an EVENT with a negative offset', 'BadEvent', event(10, -1, head)],
    ['an EVENT with an offset that is no safe integer', 'BadEvent', event(0, 0x200000, head)],
    ['an EVENT with a time that is no valid date', 'BadEvent', event(10, 0, never)],
    ['an EVENT with a truncated packet', 'BadEvent', event(10, 0, head, hello.subarray(0, -1))],
    ['an EVENT with less than a header', 'BadEvent', event(10, 0, head, hello.subarray(0, 4))],
    ['an EVENT with bytes behind its packet', 'BadEvent', event(10, 0, head, hello, Buffer.alloc(1))],
    ['an EVENT with another signature', 'BadEvent', event(10, 0, head, bytes('456A3841 FFFFFFFF 18000000 07000000 00100000 00000000'))],
    ['an EVENT with a packet of a negative size', 'BadEvent', event(10, 0, head, bytes('456A3840 FFFFFFFF FFFFFFFF 07000000 00100000 00000000'))],
    ['an EVENT with a packet of no size', 'BadEvent', event(10, 0, head, bytes('456A3840 FFFFFFFF 00000000 07000000 00100000 00000000'))],
    ['an EVENT in an EVENT', 'BadEvent', event(10, 0, head, event(11, 0, head))],
    ['a SNAPSHOT in an EVENT', 'BadEvent', event(10, 0, head, snapshot(0, ''))],
    ['a reply in an EVENT', 'BadEvent', event(10, 0, head, packet(PacketCommand.RespOk))],
    ['an EVENT of the same offset', 'OutOfOrder', event(9, 0, head)],
    ['an EVENT of an older offset', 'OutOfOrder', event(8, 0, head)],
    ['text in an EVENT that is no UTF-8', 'NotUtf8', event(10, 0, head, packet(PacketCommand.NewMsg, { data: bytes('C328') }))],
    ['a SNAPSHOT that neither begins nor ends', 'BadSnapshot', snapshot(2, position)],
    ['a SNAPSHOT with half a position', 'BadSnapshot', snapshot(1, position.subarray(1))],
    ['a SNAPSHOT of an offset before -1', 'BadSnapshot', snapshot(1, bytes('0000000000000000 FEFFFFFFFFFFFFFF 0000000000000000'))],
    ['a SNAPSHOT of a room that is no UTF-8', 'NotUtf8', snapshot(1, Buffer.concat([position, bytes('C328')]))],
    ['the end of a SNAPSHOT that has not begun', 'BadSnapshot', snapshot(0, '')],
    ['a RECEIPT without a check', 'BadReceipt', receipt(10, 0, head.subarray(0, 8))],
    ['a RECEIPT with more than a check', 'BadReceipt', receipt(10, 0, Buffer.concat([head, Buffer.alloc(1)]))],
    ['a RECEIPT of a negative offset', 'BadReceipt', receipt(10, -0x80000000, head)],
    ['history that is newer than its snapshot', 'OutOfOrder', begin, event(6, 0, head)],
    ['history that goes back', 'OutOfOrder', begin, event(3, 0, head), event(2, 0, head)],
    ['history that repeats an event', 'OutOfOrder', begin, event(3, 0, head), event(3, 0, head)],
  ])
    test(name, async () => {
      const server = new FakeServer({ follows: true });
      const client = await server.following();
      const recorded = watch(client);
      packets.forEach(bytes => server.message(bytes));
      assert.equal(client.state.name, 'closed');
      assert.ok(client.state.reason instanceof ProtocolError);
      assert.equal(client.state.reason.status, status);
      assert.deepEqual(server.socket.closed, { code: 4000, reason: status });
      assert.ok(!recorded.some(({ text }) => text === 'hello'));
    });

  test('an EVENT before any SNAPSHOT', async () => {
    const server = new FakeServer({ follows: true });
    const client = await server.ready();
    server.saysAt(10, 0x1000, 'hello');
    assert.equal(client.state.reason.status, 'OutOfOrder');
  });
});

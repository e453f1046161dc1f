import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, PacketErrorCode, RequestError } from 'tpacket-client';
import { banAddress, banAddressOf, banNick, deleteMessage, deletions, invite, kick, listBans, ModerationCommand, mute, onDeleted, unbanAddress, unbanNick, unmute } from 'tpacket-client/moderation';
import { FakeServer, packet, settled } from './fake-server.mjs';

async function moderator() {
  const server = new FakeServer({ follows: true });
  const client = server.client();
  const connected = client.connect('mod', 'lobby');
  await settled();
  await server.signIn('mod');
  await server.letFollow('lobby');
  await connected;
  return { server, client };
}

test('each request is a packet of the protocol', async () => {
  const { server, client } = await moderator();
  const expect = async (done, command, p1, p2, text) => {
    const sent = server.socket.sent.shift();
    assert.deepEqual([sent.command, sent.p1, sent.p2, decodeText(sent.data)], [command, p1, p2, text]);
    server.ok(sent);
    assert.equal(await done, undefined);
  };
  await expect(kick(client, 0x1000, 'be nice'), ModerationCommand.Kick, 0x1000, 0, 'be nice');
  await expect(kick(client, 0x1000), ModerationCommand.Kick, 0x1000, 0, '');
  await expect(banNick(client, 'bob', { seconds: 60, reason: 'spam' }), ModerationCommand.Ban, 60, 0, 'bob\nspam');
  await expect(banNick(client, 'bob'), ModerationCommand.Ban, 0, 0, 'bob');
  await expect(banAddress(client, '::1', { reason: 'spam' }), ModerationCommand.Ban, 0, 1, '::1\nspam');
  await expect(banAddressOf(client, 0x1000, { seconds: 9 }), ModerationCommand.Ban, 9, 2, '4096');
  await expect(unbanNick(client, 'bob'), ModerationCommand.Unban, 0, 0, 'bob');
  await expect(unbanAddress(client, '::1'), ModerationCommand.Unban, 0, 1, '::1');
  await expect(mute(client, 'bob', { seconds: 5 }), ModerationCommand.Mute, 5, 0, 'bob');
  await expect(unmute(client, 'bob'), ModerationCommand.Unmute, 0, 0, 'bob');
  await expect(deleteMessage(client, 0x2_ffff_fffe), ModerationCommand.DeleteMsg, -2, 2, '');
});

test('a target with a line feed, or a number out of range, is rejected and nothing is sent', async () => {
  const { server, client } = await moderator();
  const requests = [
    () => banNick(client, 'bob\nspam'),
    () => banAddress(client, '::1\nspam', { reason: 'spam' }),
    () => mute(client, 'bob\n', { seconds: 5 }),
    ...[-1, 0.5, NaN, 2 ** 31].flatMap(seconds => [() => banNick(client, 'bob', { seconds }), () => banAddress(client, '::1', { seconds }), () => banAddressOf(client, 0x1000, { seconds }), () => mute(client, 'bob', { seconds })]),
    ...[-1, 0.5, NaN, 2 ** 53].map(offset => () => deleteMessage(client, offset)),
  ];
  for (const request of requests) await assert.rejects(request, RangeError);
  assert.deepEqual(server.socket.sent, []);
});

test('connect and join take an invitation instead of the room name', async () => {
  const { server, client } = await moderator();
  const answer = (p1, p2) => {
    const { uid, ...sent } = server.socket.sent.shift();
    assert.deepEqual([sent.command, sent.p1, sent.p2, sent.data.length], [ModerationCommand.Invite, p1, p2, 0]);
    server.send(ModerationCommand.Invite, { uid, p1: 60, data: 'private/tea\nabc' });
  };
  const own = invite(client);
  answer(0, 0);
  assert.deepEqual(await own, { invitation: 'private/tea\nabc', seconds: 60 });
  const made = invite(client, { seconds: 120, newRoom: true });
  answer(120, 1);
  assert.deepEqual(await made, { invitation: 'private/tea\nabc', seconds: 60 });
});

test('listBans reads all pages', async () => {
  const { server, client } = await moderator();
  const [one, two] = [{ kind: 0, target: 'bob', by: 'mod', reason: '' }, { kind: 2, target: 'eve', until: '2026-01-01T00:00:00+00:00', by: 'mod', reason: 'caps' }];
  const done = listBans(client);
  for (const [skipped, ban] of [one, two].entries()) {
    const { uid, command, p1 } = server.socket.sent.shift();
    assert.deepEqual([command, p1], [ModerationCommand.ListBans, skipped]);
    server.send(command, { uid, p1: 2, data: JSON.stringify([ban]) });
    await settled();
  }
  assert.deepEqual(await done, [one, two]);
});

test('listBans ends although a server sends pages without end', async () => {
  const { server, client } = await moderator();
  const data = JSON.stringify(Array(1024).fill({ kind: 0, target: 'bob', by: 'mod', reason: '' }));
  const done = listBans(client);
  let pages = 0;
  for (; server.socket.sent.length > 0 && pages < 100; pages++) {
    const { uid, command } = server.socket.sent.shift();
    server.send(command, { uid, p1: 0x7fffffff, data });
    await settled();
  }
  assert.equal(pages, 65);
  assert.equal((await done).length, 65 * 1024);
});

test('a refusal rejects with its code', async () => {
  const { server, client } = await moderator();
  const done = unmute(client, 'bob');
  server.send(4, { uid: server.socket.sent.shift().uid, p1: PacketErrorCode.Refused, data: 'You are no moderator.' });
  await assert.rejects(done, error => error instanceof RequestError && error.code === PacketErrorCode.Refused);
});

test('the listener receives deletions until it is removed, and no other packets', async () => {
  const { server, client } = await moderator();
  const deleted = [];
  const stop = onDeleted(client, offset => deleted.push(offset));
  const happens = (offset, ...packets) => server.message(packet(14, { p1: offset, data: Buffer.concat([Buffer.alloc(16), ...packets]) }));
  happens(10, packet(ModerationCommand.DeleteMsg, { p1: -2, p2: 2 }));
  happens(11, packet(300, { p1: 7 }));
  server.send(ModerationCommand.DeleteMsg, { p1: 3 });
  stop();
  happens(12, packet(ModerationCommand.DeleteMsg, { p1: 4 }));
  assert.deepEqual(deleted, [0x2_ffff_fffe, 3]);
});

test('the range of deletions is that of the command', () => assert.deepEqual(deletions, [ModerationCommand.DeleteMsg, ModerationCommand.DeleteMsg]));

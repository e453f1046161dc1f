import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { PacketCommand, PacketErrorCode, decodeText, encodeText, readPacket, writePacket } from 'tpacket-client';
import { ModerationCommand } from 'tpacket-client/moderation';

const file = path => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const vectors = JSON.parse(file('tests/Vectors/packets.json'));
const bytes = hex => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('a packet is written and read to the byte', () => {
  for (const { name, hex, text, data = '', ...numbers } of vectors.packets)
    test(name, () => {
      const packet = { ...numbers, data: text === undefined ? bytes(data) : encodeText(text) };

      assert.deepEqual(writePacket(packet), bytes(hex));
      assert.deepEqual(readPacket(bytes(hex)), packet);
      if (text !== undefined) assert.equal(decodeText(packet.data), text);
    });
});

describe('a message that is no packet is refused', () => {
  for (const { name, hex, status } of vectors.refused) test(name, () => assert.equal(readPacket(bytes(hex)), status));
});

test('a message is read from the middle of a larger buffer', () => {
  const packet = vectors.packets.find(({ text }) => text === 'hello');
  const buffer = bytes(`ff${packet.hex}ff`);

  assert.equal(decodeText(readPacket(buffer.subarray(1, -1)).data), 'hello');
});

test('a packet longer than the limit is refused from its header', () => {
  const message = writePacket({ uid: 1, command: 0, p1: 0, p2: 0, data: new Uint8Array(10) });

  assert.equal(readPacket(message, 33), 'SizeTooLarge');
  assert.equal(typeof readPacket(message, 34), 'object');
});

test('a number that is no 32-bit integer is rejected', () => {
  for (const p1 of [2 ** 31, -(2 ** 31) - 1, 0.5, NaN]) assert.throws(() => writePacket({ uid: 1, command: 0, p1, p2: 0, data: new Uint8Array() }), RangeError);
});

test('text that is no UTF-8 is refused', () => assert.throws(() => decodeText(bytes('c328')), TypeError));

describe('the numbers are those of docs/protocol.md', () => {
  const page = file('docs/protocol.md');
  const rows = expression => Object.fromEntries([...page.matchAll(expression)].map(([, value, name]) => [name.replaceAll('_', '').toUpperCase(), +value]));
  const upper = values => Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));

  test('commands', () => assert.deepEqual(upper({ ...PacketCommand, ...ModerationCommand }), rows(/^\| (\d+) \| ([A-Z_]{3,}) \| (?:client|server|both) \|/gm)));
  test('error codes', () => assert.deepEqual(upper(PacketErrorCode), rows(/^\| (-\d+) \| (\w+) \|/gm)));
});

// The pure function that decides whether and when a client reconnects. tests/TPacket.Client.Tests/Connection/ReconnectionTests.cs has the same tables.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError } from 'tpacket-client';
import { isTransientCode, reconnection } from '../dist/reconnection.js';

const options = { initialDelay: 500, maxDelay: 30_000, maxAttempts: Infinity, stableAfter: 10_000 };

describe('the close code decides whether a client reconnects', () => {
  const codes = [
    [0, true],
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
    [1014, true],
    [1015, true],
    [3000, true],
    [4000, true],
  ];
  for (const [code, returns] of codes)
    test(`${code}`, () => {
      assert.equal(isTransientCode(code), returns);
      assert.equal(new ConnectionError('', code).isTransient, returns);
    });
});

test('no attempt follows a permanent error or a failed first attempt', () => {
  assert.equal(reconnection(false, 3, 60_000, options, 0), undefined);
  assert.equal(reconnection(true, 0, undefined, options, 0), undefined);
});

describe('attempts are counted until a connection has been stable', () => {
  for (const [attempt, ready, next] of [[0, 9_999, 1], [3, undefined, 4], [3, 0, 4], [3, 9_999, 4], [3, 10_000, 1]])
    test(`${attempt} and ready for ${ready} ms`, () => assert.equal(reconnection(true, attempt, ready, options, 0).attempt, next));

  test('and with stableAfter 0, every ready connection is stable', () => assert.equal(reconnection(true, 3, 0, { ...options, stableAfter: 0 }, 0).attempt, 1));
});

describe('the client gives up after maxAttempts without a stable connection', () => {
  for (const [attempt, ready, maxAttempts, next] of [[1, undefined, 2, 2], [2, undefined, 2, undefined], [2, 9_999, 2, undefined], [2, 10_000, 2, 1], [0, 10_000, 0, undefined]])
    test(`${attempt} of ${maxAttempts} and ready for ${ready} ms`, () =>
      assert.equal(reconnection(true, attempt, ready, { ...options, maxAttempts }, 0)?.attempt, next));
});

describe('a delay doubles up to a limit, and is shortened by a random part of up to half', () => {
  for (const [attempt, chance, delay] of [[1, 0, 500], [1, 0.5, 375], [2, 0, 1000], [6, 0, 16_000], [7, 0, 30_000], [7, 0.99, 15_150], [2 ** 31, 0, 30_000]])
    test(`${attempt} by ${chance}`, () => assert.deepEqual(reconnection(true, attempt - 1, 0, options, chance), { attempt, delay }));
});

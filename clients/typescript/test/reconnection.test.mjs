// The pure function that decides whether and when a client reconnects. tests/TPacket.Client.Tests/Connection/ReconnectionTests.cs has the same tables.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError } from 'tpacket-client';
import { isTransientCode, reconnection } from '../dist/reconnection.js';

const options = { initialDelay: 500, maxDelay: 30_000, maxAttempts: Infinity, stableAfter: 10_000 };

describe('a close code says whether a client comes back', () => {
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

test('a final end is not followed by an attempt, and neither is a failed first attempt', () => {
  assert.equal(reconnection(false, 3, 60_000, options, 0), undefined);
  assert.equal(reconnection(true, 0, undefined, options, 0), undefined);
});

describe('attempts are counted until a connection has been stable', () => {
  for (const [attempt, ready, next] of [[0, 9_999, 1], [3, undefined, 4], [3, 0, 4], [3, 9_999, 4], [3, 10_000, 1]])
    test(`${attempt} and ready for ${ready} ms`, () => assert.equal(reconnection(true, attempt, ready, options, 0).attempt, next));

  test('unless any will do', () => assert.equal(reconnection(true, 3, 0, { ...options, stableAfter: 0 }, 0).attempt, 1));
});

describe('the attempts have an end unless a connection has been stable between them', () => {
  for (const [attempt, ready, maxAttempts, next] of [[1, undefined, 2, 2], [2, undefined, 2, undefined], [2, 9_999, 2, undefined], [2, 10_000, 2, 1], [0, 10_000, 0, undefined]])
    test(`${attempt} of ${maxAttempts} and ready for ${ready} ms`, () =>
      assert.equal(reconnection(true, attempt, ready, { ...options, maxAttempts }, 0)?.attempt, next));
});

describe('a delay doubles up to a bound, and chance takes up to half of it', () => {
  for (const [attempt, chance, delay] of [[1, 0, 500], [1, 0.5, 375], [2, 0, 1000], [6, 0, 16_000], [7, 0, 30_000], [7, 0.99, 15_150], [2 ** 31, 0, 30_000]])
    test(`${attempt} by ${chance}`, () => assert.deepEqual(reconnection(true, attempt - 1, 0, options, chance), { attempt, delay }));
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Game, GameCommand, GameErrorCode, Matchmaking, gameCommands, isHeld, newRoom } from 'tpacket-client/games';
import { decodeText } from 'tpacket-client';
import { FakeServer, packet, settled } from './fake-server.mjs';

const free = {};
const black = { user: 0x1000, nick: 'alice' };
const white = { user: 0x1001, nick: 'bob' };
const open = { phase: 'open', game: 0, moves: 0, seats: [free, free] };
const running = { phase: 'running', game: 1, moves: 0, seats: [{ ...black, toMove: true }, white], board: 'start' };

/** Returns a member of a room with a game, which accepts receipts. The test sets the local time. */
async function member({ at = 100_000 } = {}) {
  const server = new FakeServer({ follows: true });
  const client = server.client();
  const clock = { now: at };
  const game = new Game(client, { now: () => clock.now });
  const recorded = [];
  for (const name of ['seated', 'freed', 'away', 'returned', 'offered', 'settled']) game.on(name, ({ seat, offer }) => recorded.push([name, seat, ...(offer ? [offer] : [])]));
  for (const name of ['moved', 'tookBack']) game.on(name, ({ moves }) => recorded.push([name, moves]));
  game.on('began', ({ view }) => recorded.push(['began', view.game]));
  game.on('ended', ({ result }) => recorded.push(['ended', result.reason]));
  game.on('reset', () => recorded.push(['reset']));
  const connected = client.connect('alice', 'table');
  await settled();
  await server.signIn();
  await server.letFollow('table');
  await connected;
  let offset = 10;
  return {
    server,
    client,
    clock,
    game,
    recorded,
    /** Sends a view to this client alone, as the server does after the client has entered the room. */
    shows: view => server.send(GameCommand.Game, { p2: 1, data: JSON.stringify(view) }),
    /** Sends an event of the log with a time, and then the view. */
    happens: (view, time) => server.message(eventAt(offset++, time, packet(GameCommand.Game, { p2: 1, data: JSON.stringify(view) }))),
    /** Reads the action that the client has sent. */
    action: () => {
      const sent = server.socket.sent.shift();
      assert.equal(sent?.command, GameCommand.Game);
      return [JSON.parse(decodeText(sent.data)), sent];
    },
    /** Answers an action with a receipt that has a time. */
    receipt: ({ uid }, time) => server.message(receiptAt(uid, offset++, time)),
  };
}

const placeAt = time => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(time));
  return bytes;
};
const eventAt = (offset, time, ...packets) => packet(14, { p1: offset, data: Buffer.concat([placeAt(time), ...packets]) });
const receiptAt = (uid, offset, time) => packet(17, { uid, p1: offset, data: placeAt(time) });

describe('a game', () => {
  test('has no view before the first one, and then the view that the server has sent', async () => {
    const { game, shows, recorded } = await member();
    assert.equal(game.view, undefined);
    assert.equal(game.seat, undefined);
    assert.equal(game.isToMove, false);
    assert.equal(game.remaining(0), undefined);

    shows({ ...running, you: 0 });
    assert.equal(game.view.board, 'start');
    assert.deepEqual(game.seat, { ...black, toMove: true });
    assert.equal(game.isToMove, true);
    assert.deepEqual(recorded, [['reset']], 'the first view is no change');
  });

  test('raises the changes between two views, in chronological order', async () => {
    const { shows, recorded } = await member();
    shows(open);
    recorded.length = 0;
    const steps = [
      [{ ...open, seats: [black, free] }, [['seated', 0]]],
      [{ ...open, seats: [{ ...black, away: true }, free] }, [['away', 0]]],
      [{ ...open, seats: [black, free] }, [['returned', 0]]],
      [running, [['seated', 1], ['began', 1]]],
      [{ ...running, moves: 2 }, [['moved', 2]]],
      [{ ...running, moves: 2, seats: [{ ...black, offers: ['draw', 'takeback'] }, white] }, [['offered', 0, 'draw'], ['offered', 0, 'takeback']]],
      [{ ...running, moves: 1, seats: [{ ...black, offers: ['draw'] }, white] }, [['tookBack', 1], ['settled', 0, 'takeback']]],
      [{ ...running, moves: 1, phase: 'over', result: { winners: [], reason: 'agreed' } }, [['settled', 0, 'draw'], ['ended', 'agreed']]],
      [{ ...running, moves: 1, phase: 'over', result: { winners: [], reason: 'agreed' }, seats: [black, free] }, [['freed', 1]]],
      [{ ...running, game: 2, seats: [{ bot: 'club' }, black] }, [['freed', 0], ['seated', 0], ['seated', 1], ['began', 2]]],
      [{ ...running, game: 2, seats: [{ bot: 'club' }, black], phase: 'over', result: { winners: [0], reason: 'time' } }, [['ended', 'time']]],
    ];
    for (const [view, changes] of steps) {
      shows(view);
      assert.deepEqual(recorded.splice(0), changes);
    }
    assert.deepEqual([free, black, { bot: 'club' }].map(isHeld), [false, true, true]);
  });

  test('has no view after the client has entered a room again', async () => {
    const { client, game, server, shows, recorded } = await member();
    shows(running);
    recorded.length = 0;
    const joined = client.join('other');
    await server.letFollow('other');
    await joined;
    assert.equal(game.view, undefined);
    shows(open);
    assert.deepEqual(recorded, [['reset']]);
  });

  test('writes actions as in docs/games.md', async () => {
    const { game, shows, action } = await member();
    shows({ ...running, you: 0, moves: 7 });
    const actions = [
      [() => game.claim(), { do: 'claim' }],
      [() => game.claim(1), { do: 'claim', seat: 1 }],
      [() => game.leave(), { do: 'leave' }],
      [() => game.reserve(1, 0x1001), { do: 'reserve', seat: 1, user: 0x1001 }],
      [() => game.ready(), { do: 'ready' }],
      [() => game.setUp({ clock: { kind: 'increment', milliseconds: 180_000, stepMilliseconds: 2000 } }), { do: 'setUp', clock: { kind: 'increment', milliseconds: 180_000, stepMilliseconds: 2000 } }],
      [() => game.setUp({ text: 'B:W1:B2' }), { do: 'setUp', text: 'B:W1:B2' }],
      [() => game.bot(1, 'club'), { do: 'bot', seat: 1, level: 'club' }],
      [() => game.bot(1), { do: 'bot', seat: 1 }],
      [() => game.move('11-15'), { do: 'move', move: '11-15', at: 7, lag: 0 }],
      [() => game.move({ from: 1 }, 6), { do: 'move', move: { from: 1 }, at: 6, lag: 0 }],
      [() => game.offer('draw'), { do: 'offer', offer: 'draw' }],
      [() => game.decline('takeback'), { do: 'decline', offer: 'takeback' }],
      [() => game.claimDraw(), { do: 'claimDraw' }],
      [() => game.resign(), { do: 'resign' }],
      [() => game.abort(), { do: 'abort' }],
    ];
    for (const [act, written] of actions) {
      act().catch(() => {});
      assert.deepEqual(action()[0], written);
    }
  });

  test('resolves an action with its receipt, and rejects it with the code of the refusal', async () => {
    const { game, shows, action, receipt, server } = await member();
    shows({ ...running, you: 0 });
    const moved = game.move('11-15');
    receipt(action()[1], 90_000);
    assert.equal((await moved).time, 90_000);

    const refused = game.move('1-32');
    server.refuse(action()[1], GameErrorCode.IllegalMove, 'No man goes so far.');
    await assert.rejects(refused, { name: 'RequestError', code: -68, text: 'No man goes so far.' });
  });

  test('sends the smoothed and bounded round-trip time with each move', async () => {
    const { game, shows, action, receipt, clock } = await member();
    shows({ ...running, you: 0 });
    const lagOf = async milliseconds => {
      const moved = game.move('11-15');
      const [{ lag }, sent] = action();
      clock.now += milliseconds;
      receipt(sent, 90_000);
      await moved;
      return lag;
    };
    assert.deepEqual([await lagOf(100), await lagOf(200), await lagOf(60_000), await lagOf(0)], [0, 100, 130, 391]);
  });

  test('receives no more views after dispose', async () => {
    const { game, shows } = await member();
    game.dispose();
    shows(running);
    assert.equal(game.view, undefined);
  });
});

describe('the remaining time', () => {
  const clocked = (kind, more, clock = {}) => ({ ...running, clock: { kind, milliseconds: 60_000, ...clock }, seats: [{ ...black, toMove: true, left: 50_000, since: 80_000, ...more }, { ...white, left: 60_000 }] });

  test('is estimated from the event with the shortest delay, whatever the local clock shows', async () => {
    const { game, happens, clock } = await member({ at: 100_000 });
    // The local clock is 19,950 ms ahead, and the event has arrived after 50 ms.
    happens(clocked('suddenDeath'), 80_000);
    assert.equal(game.serverTime, 80_000);
    assert.equal(game.remaining(0), 50_000);
    clock.now += 3000;
    assert.equal(game.remaining(0), 47_000);
    assert.equal(game.remaining(1), 60_000);
    // An event with a longer delay changes nothing. An event with a shorter delay corrects the estimate.
    happens(clocked('suddenDeath'), 82_000);
    assert.equal(game.remaining(0), 47_000);
    happens(clocked('suddenDeath'), 83_040);
    assert.equal(game.remaining(0), 46_960);
    clock.now += 100_000;
    assert.equal(game.remaining(0), 0, 'never negative');
  });

  test('is computed with the local clock before the first event, unless this clock is behind the beginning of the turn', async () => {
    const { game, shows, clock } = await member({ at: 81_000 });
    shows(clocked('suddenDeath'));
    assert.equal(game.remaining(0), 49_000);
    clock.now = 79_000;
    shows(clocked('suddenDeath'));
    assert.equal(game.remaining(0), 50_000);
    clock.now = 79_500;
    assert.equal(game.remaining(0), 49_500);
  });

  test('depends on the kind of the clock', async () => {
    const { game, happens, clock } = await member({ at: 80_000 });
    const after = (view, milliseconds) => {
      clock.now = 80_000;
      happens(view, 80_000);
      clock.now += milliseconds;
      return [game.remaining(0), game.remaining(1)];
    };
    assert.deepEqual(after(clocked('increment', {}, { stepMilliseconds: 5000 }), 1000), [49_000, 60_000]);
    assert.deepEqual(after(clocked('delay', {}, { stepMilliseconds: 5000 }), 4000), [50_000, 60_000]);
    assert.deepEqual(after(clocked('delay', {}, { stepMilliseconds: 5000 }), 7000), [48_000, 60_000]);
    assert.deepEqual(after({ ...clocked('eachMove'), seats: [{ ...black, left: 60_000, since: 80_000 }, { ...white, left: 3 }] }, 1000), [59_000, 60_000]);
    assert.deepEqual(after(running, 1000), [undefined, undefined], 'without a clock');
  });

  test('is also estimated from messages of the room, except its history', async () => {
    const { client, game, server, clock } = await member({ at: 100_000 });
    server.saysAt(10, 0x1000, 'live');
    assert.equal(game.serverTime, 10_000);
    clock.now += 1000;
    assert.equal(game.serverTime, 11_000);

    const other = await member({ at: 100_000 });
    const joined = other.client.join('other');
    other.server.ok(other.server.read(2, 'other'));
    other.server.beginSnapshot(9, 'other');
    other.server.userComes(0x1000, 'alice');
    other.server.saysAt(3, 0x1000, 'earlier');
    other.server.endSnapshot();
    other.server.passFence();
    await joined;
    assert.equal(other.game.serverTime, 100_000);
    assert.equal(client.state.name, 'ready');
  });
});

describe('a replay', () => {
  const page = (from, count, moves, more = {}) => ({ game: 1, moves, from, boards: Array.from({ length: count }, (_, i) => from + i), ...more });

  /** Answers the requests for pages. */
  function answer(server, ...pages) {
    const request = server.socket.sent.shift();
    assert.equal(request?.command, GameCommand.Replay);
    const next = pages.shift();
    assert.equal(request.p1, next.from);
    server.send(GameCommand.Replay, { uid: request.uid, p1: next.from, data: JSON.stringify(next) });
    return settled().then(() => (pages.length > 0 ? answer(server, ...pages) : undefined));
  }

  test('has the boards of all pages, and the text of a game that is over', async () => {
    const { game, server } = await member();
    const replay = game.replay();
    await answer(server, page(0, 64, 99), page(64, 36, 99, { text: '1. 11-15 *' }));
    assert.deepEqual(await replay, { game: 1, boards: Array.from({ length: 100 }, (_, i) => i), text: '1. 11-15 *' });
  });

  test('of a game without a board ends with the empty page', async () => {
    const { game, server } = await member();
    const replay = game.replay();
    await answer(server, page(0, 0, 0));
    assert.deepEqual(await replay, { game: 1, boards: [] });
  });

  test('starts over if moves were taken back meanwhile', async () => {
    const { game, server, shows } = await member();
    shows({ ...running, moves: 99 });
    const replay = game.replay();
    await answer(server, page(0, 64, 99));
    shows({ ...running, moves: 50 });
    shows({ ...running, moves: 51 });
    await answer(server, page(64, 0, 51), page(0, 52, 51));
    assert.equal((await replay).boards.length, 52);
  });

  test('rejects if the room has no game', async () => {
    const { game, server } = await member();
    const replay = game.replay();
    server.refuse(server.socket.sent.shift(), -6, 'The room has no game.');
    await assert.rejects(replay, { code: -6 });
  });
});

describe('matchmaking', () => {
  async function lobby() {
    const server = new FakeServer({ follows: true });
    const client = server.client();
    const matchmaking = new Matchmaking(client);
    const rooms = [];
    matchmaking.on('matched', ({ room }) => rooms.push(room));
    const connected = client.connect('alice', 'lobby');
    await settled();
    await server.signIn();
    await server.letFollow('lobby');
    await connected;
    return { server, matchmaking, rooms, shows: view => server.send(GameCommand.Matchmaking, { p2: 1, data: JSON.stringify(view) }) };
  }

  test('shows open games, and raises a match once', async () => {
    const { matchmaking, rooms, shows } = await lobby();
    assert.equal(matchmaking.view, undefined);
    const offered = { open: [{ user: 0x1001, nick: 'bob', game: 'noughts-' }] };
    shows(offered);
    assert.deepEqual(matchmaking.view, offered);
    for (const view of [{ open: [], room: 'noughts-1~1000.1001' }, { open: [], room: 'noughts-1~1000.1001' }, { open: [] }, { open: [], room: 'noughts-2~1000.1001' }]) shows(view);
    assert.deepEqual(rooms, ['noughts-1~1000.1001', 'noughts-2~1000.1001']);
    matchmaking.dispose();
    shows(offered);
    assert.deepEqual(matchmaking.view.open, []);
  });

  test('writes actions as in docs/games.md', async () => {
    const { matchmaking, server } = await lobby();
    for (const [act, written] of [
      [() => matchmaking.open('noughts-'), { do: 'open', game: 'noughts-' }],
      [() => matchmaking.join(0x1001), { do: 'join', user: 0x1001 }],
      [() => matchmaking.seek('noughts-', 1500), { do: 'seek', game: 'noughts-', rating: 1500 }],
      [() => matchmaking.cancel(), { do: 'cancel' }],
    ]) {
      act().catch(() => {});
      const { command, data } = server.socket.sent.shift();
      assert.deepEqual([command, JSON.parse(decodeText(data))], [GameCommand.Matchmaking, written]);
    }
  });

  test('draws names for rooms', () => {
    assert.match(newRoom('noughts-'), /^noughts-[0-9a-hj-km-np-tv-z]{10}$/);
    assert.equal(newRoom('', 20).length, 20);
    assert.notEqual(newRoom('a-'), newRoom('a-'));
  });
});

test('the commands are a range that a client can accept', async () => {
  assert.deepEqual(gameCommands, [64, 66]);
  assert.deepEqual(Object.values(GameCommand), [64, 65, 66]);
});

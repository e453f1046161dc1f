// Clients in pages that wake up, are reloaded, and are duplicated.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { PacketCommand } from 'tpacket-client';
import { FakeServer, settled, watch } from './fake-server.mjs';

const { NewMsg } = PacketCommand;

const tokenOf = ({ data }) => Buffer.from(data.subarray(24, 56)).toString('hex');

// Properties of the global object that a page has, and Node may have otherwise.
const defined = [];

function define(name, value) {
  defined.push([name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

afterEach(() => {
  for (const [name, before] of defined.splice(0).reverse()) {
    if (before) Object.defineProperty(globalThis, name, before);
    else delete globalThis[name];
  }
});

/** A page: its events, and whether it is hidden. */
function page() {
  const listeners = new Map();
  const document = { hidden: false };
  define('document', document);
  define('addEventListener', (type, listener) => listeners.set(type, listener));
  define('removeEventListener', (type, listener) => listeners.get(type) === listener && listeners.delete(type));
  return { document, listeners, raise: type => listeners.get(type)({ type }) };
}

/** The locks of an origin. */
function locks() {
  const held = new Set();
  const waiting = [];
  define('navigator', {
    locks: {
      request: (name, { signal }, callback) =>
        new Promise((resolve, reject) => {
          const take = () => {
            held.add(name);
            callback();
          };
          if (!held.has(name)) return take();
          waiting.push({ name, take });
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    },
  });
  return {
    held,
    /** Releases the lock, as when its page ends. */
    release(name) {
      held.delete(name);
      waiting.filter(waiter => waiter.name === name).forEach(({ take }) => take());
    },
  };
}

class Store {
  items = new Map();
  getItem = key => this.items.get(key) ?? null;
  setItem = (key, value) => void this.items.set(key, value);
  removeItem = key => void this.items.delete(key);
}

function still(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  return milliseconds => t.mock.timers.tick(milliseconds);
}

const serve = () => new FakeServer({ follows: true, sessions: true });

/** A reloaded page: another client with the same store. */
async function reload(server, store, nick = 'alice') {
  const client = server.client({ keepAlive: 0, session: { store } });
  const connected = client.connect(nick, 'lobby');
  connected.catch(() => {});
  await settled();
  await settled();
  return { client, connected };
}

async function resume(server, offset = 9) {
  const asked = await server.readResume();
  server.resume(asked, 1);
  server.beginSnapshot(offset);
  server.userComes(0x1000, 'alice');
  server.endSnapshot();
  server.passFence();
  await settled();
  return asked;
}

test('a page that becomes visible reconnects at once, and a hidden page or an offline one does not', async t => {
  const tick = still(t);
  const { raise, document } = page();
  const server = serve();
  const client = await server.following({ keepAlive: 0 });
  server.end(1006);
  document.hidden = true;
  raise('visibilitychange');
  raise('offline');
  assert.equal(server.sockets.length, 1);
  document.hidden = false;
  raise('visibilitychange');
  assert.equal(server.sockets.length, 2);
  server.resume(await server.readResume(), 0);
  server.passFence();
  assert.equal(client.state.continuity, 'resumed');
  tick(60_000);
  assert.equal(server.sockets.length, 2);

  for (const type of ['online', 'pageshow']) {
    server.end(1006);
    const { length } = server.sockets;
    raise(type);
    assert.equal(server.sockets.length, length + 1);
  }
  client.close();
});

test('a page that becomes visible probes its connection, and replaces it at once if no packet arrives', async t => {
  const tick = still(t);
  const { raise } = page();
  const server = serve();
  const client = await server.following({ keepAlive: 0 });
  raise('pageshow');
  server.passFence();
  tick(4000);
  assert.equal(client.state.name, 'ready');

  raise('online');
  assert.equal(server.socket.sent.length, 1);
  tick(3999);
  assert.equal(server.sockets.length, 1);
  tick(1);
  assert.equal(server.sockets.length, 2);
  assert.equal(server.sockets[0].closed.code, undefined);
  assert.equal(client.state.name, 'connecting');
});

test('no event of the page shortens a delay that the server has named', async t => {
  still(t);
  const { raise } = page();
  const server = serve();
  await server.following({ keepAlive: 0 });
  server.send(PacketCommand.MoveOn, { p1: 3000 });
  server.end(1001);
  raise('online');
  assert.equal(server.sockets.length, 1);
});

test('a closed client ignores events of the page', async () => {
  const { listeners } = page();
  const client = await serve().following();
  assert.equal(listeners.size, 4);
  client.close();
  assert.equal(listeners.size, 0);
});

test('a reloaded page resumes, and sends packets without an answer again with their uids', async () => {
  const server = serve();
  const store = new Store();
  const before = await server.following({ keepAlive: 0, session: { store } });
  const answered = before.say('answered');
  server.receipt(server.read(NewMsg, 'answered'), 10);
  await answered;
  void before.say('lost');
  const lost = server.read(NewMsg, 'lost');
  const { session } = server;

  const { client, connected } = await reload(server, store);
  const recorded = watch(client);
  const asked = await resume(server, 11);
  await connected;
  assert.equal(tokenOf(asked), Buffer.from(session.data).toString('hex'));
  assert.deepEqual(server.socket.sent.shift(), lost);
  assert.deepEqual(client.state, { name: 'ready', room: 'lobby', continuity: 'rejoined' });
  void client.say('next');
  assert.ok(server.read(NewMsg, 'next').uid > lost.uid);
  // The promise is ignored, and a refusal raises an event.
  server.refuse(lost, -30);
  assert.deepEqual(recorded.filter(({ type }) => type).map(({ type, again }) => [type, again]), [['entered', false], ['refused', undefined]]);

  // A second reload: the token is another one, and the uids continue.
  const again = await reload(server, store);
  const second = await resume(server, 11);
  await again.connected;
  assert.equal(tokenOf(second), Buffer.from(asked.data.subarray(56)).toString('hex'));
  assert.equal(server.read(NewMsg, 'next').command, NewMsg);
});

test('a stored session is ignored if it has ended, belongs to another nick or is malformed', async () => {
  const server = serve();
  const store = new Store();
  const before = await server.following({ keepAlive: 0, session: { store } });
  assert.equal(store.items.size, 1);
  const [[key, kept]] = store.items;
  assert.equal(key, 'tpacket');
  before.close();
  assert.equal(store.items.size, 0);
  store.items.set(key, kept);
  await reload(server, store, 'bob');
  await server.signIn('bob');
  for (const wrong of ['', '{', 'null', '[]', '[1,"alice"]', kept.replace(/\d{4},\[/, '0.5,['), kept.replace(/\d{4},\[/, '17,[')]) {
    store.items.set(key, wrong);
    await reload(server, store);
    await server.signIn();
  }
});

test('a client whose store throws works without a stored session', async () => {
  const server = serve();
  const store = { getItem: () => assert.fail(), setItem: () => assert.fail(), removeItem: () => assert.fail() };
  const { client, connected } = await reload(server, store);
  await server.signIn();
  await server.letFollow();
  await connected;
  assert.equal(client.state.name, 'ready');
});

test('if the packets do not fit into the store, it keeps only the session', async () => {
  const server = serve();
  const store = new Store();
  const { setItem } = store;
  store.setItem = (key, value) => (value.length > 1000 ? assert.fail() : setItem(key, value));
  const before = await server.following({ keepAlive: 0, session: { store } });
  void before.say('x'.repeat(1000));
  const { uid } = server.socket.sent.shift();
  const { client, connected } = await reload(server, store);
  await resume(server);
  await connected;
  assert.ok(client.send({ command: 300 }) > uid);
});

test('a second page with the same stored session begins a new session', async () => {
  const origin = locks();
  const server = serve();
  const store = new Store();
  await server.following({ keepAlive: 0, session: { store } });
  assert.equal(origin.held.size, 1);

  // A duplicated tab has a copy of the store.
  const copy = new Store();
  copy.items = new Map(store.items);
  const client = server.client({ keepAlive: 0, session: { store: copy } });
  void client.connect('alice', 'lobby').catch(() => {});
  await assert.rejects(client.connect('alice'), /connecting/);
  await new Promise(resolve => setTimeout(resolve, 600).ref());
  await server.signIn();
  assert.equal(origin.held.size, 2);
  assert.notEqual(copy.items.get('tpacket'), store.items.get('tpacket'));
});

test('a reloaded page waits until the previous page has released the session', async () => {
  const origin = locks();
  const server = serve();
  const store = new Store();
  await server.following({ keepAlive: 0, session: { store } });
  const { connected } = await reload(server, store);
  assert.equal(server.sockets.length, 1);
  origin.release([...origin.held][0]);
  await settled();
  await resume(server);
  await connected;
});

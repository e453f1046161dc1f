import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = file => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', '../../docs/authentication.md', '../../docs/clients.md', '../../docs/moderation.md'];
const examples = pages.flatMap(page => [...read(page).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code));

test('the bundle is smaller than 8 KiB, minified and gzipped', t => {
  const size = gzipSync(read('dist/tpacket-client.min.js'), { level: 9 }).length;
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 8 * 1024, `${size} bytes`);
});

test('the bundle of games is smaller than 4 KiB, minified and gzipped, and needs no other file', async t => {
  const bundle = read('dist/tpacket-games.min.js');
  const size = gzipSync(bundle, { level: 9 }).length;
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 4 * 1024, `${size} bytes`);
  assert.doesNotMatch(bundle, /\bfrom\s*["']/);
  assert.deepEqual(Object.keys(await import('../dist/tpacket-games.min.js')).sort(), Object.keys(await import('tpacket-client/games')).sort());
});

test('the package exports the minified files by their names', async () => {
  const { exports } = JSON.parse(read('package.json'));
  for (const [entry, file] of [['tpacket-client', 'client'], ['tpacket-client/games', 'games'], ['tpacket-client/iteration', 'iteration'], ['tpacket-client/moderation', 'moderation']]) {
    const name = `./dist/tpacket-${file}.min.js`;
    assert.equal(exports[name].default, name);
    assert.deepEqual(Object.keys(await import(`tpacket-client/dist/tpacket-${file}.min.js`)).sort(), Object.keys(await import(entry)).sort());
  }
});

test('the two bundles work together', async () => {
  const { TPacketClient } = await import('../dist/tpacket-client.min.js');
  const { Game } = await import('../dist/tpacket-games.min.js');
  const client = new TPacketClient('ws://server/', { WebSocket: class {} });
  const game = new Game(client);
  await assert.rejects(game.claim(), { name: 'ConnectionError' });
  game.dispose();
});

test('the bundle uses the url and the protocols that an address function returns', async t => {
  const { TPacketClient } = await import('../dist/tpacket-client.min.js');
  const made = await new Promise(resolve => {
    class Socket {
      constructor(...target) {
        resolve(target);
      }
      close() {}
    }
    const client = new TPacketClient(() => ({ url: 'https://host/', protocols: ['one', 'two'] }), { WebSocket: Socket });
    t.after(() => client.close());
    client.connect('alice').catch(() => {});
  });
  assert.deepEqual(made, ['wss://host/', ['one', 'two']]);
});

test('the package has no dependencies, and the lock file has a hash for each development dependency', () => {
  const { dependencies, peerDependencies } = JSON.parse(read('package.json'));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  for (const [name, { integrity, resolved, link }] of Object.entries(JSON.parse(read('package-lock.json')).packages)) {
    assert.equal(resolved, undefined, name);
    if (name !== '' && !link) assert.match(integrity, /^sha512-/, name);
  }
});

describe('the types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tpacket-client-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Compiles files outside of any package, and returns the compiler's output. */
  function compile(name, lib, ...files) {
    const paths = files.map((code, i) => {
      const path = join(folder, `${name}${i + 1}.mts`);
      writeFileSync(path, code);
      return path;
    });
    const project = join(folder, `${name}.json`);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      types: [],
      lib,
      skipDefaultLibCheck: true,
      paths: { 'tpacket-client': [join(root, 'dist/index.d.ts')], 'tpacket-client/games': [join(root, 'dist/games/index.d.ts')], 'tpacket-client/iteration': [join(root, 'dist/iteration/index.d.ts')], 'tpacket-client/moderation': [join(root, 'dist/moderation/index.d.ts')] },
    };
    writeFileSync(project, JSON.stringify({ compilerOptions, files: paths }));
    return spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' }).stdout;
  }

  test("fit the pages' examples, and a browser's WebSocket, AbortSignal and bytes", () => {
    const browser = `
      import { TPacketClient } from 'tpacket-client';
      const client = new TPacketClient('ws://localhost/', { WebSocket });
      client.request({ command: 256, data: new Uint8Array(1) }, { signal: AbortSignal.timeout(1) });
      // @ts-expect-error
      client.on('nothing', () => {});`;
    assert.ok(examples.length >= 9);
    assert.equal(compile('browser', ['es2022', 'dom'], browser, ...examples), '');
  });

  test('need no types of browsers or Node', () => {
    const bare = `
      import { Game, type GameView, Matchmaking, type OpenGame, gameCommands } from 'tpacket-client/games';
      import { eventsOf } from 'tpacket-client/iteration';
      import { banNick, deletions, onDeleted } from 'tpacket-client/moderation';
      import { TPacketClient, type ClientState, type Packet, type Receipt, type RoomEvent, type User, type WebSocketConstructor } from 'tpacket-client';
      declare const WebSocket: WebSocketConstructor;
      const client = new TPacketClient('ws://localhost/', { WebSocket, reconnect: false });
      const state: ClientState = client.state;
      const reply: Promise<Packet> = client.request({ command: 256, data: new Uint8Array(1) });
      client.on('joined', ({ user }: { user: User }) => user.nick);
      const events: AsyncIterableIterator<RoomEvent> = eventsOf(client);
      const receipt: Promise<Receipt> = client.say('hello');
      client.on('message', ({ offset, time }: { offset?: number; time?: number }) => offset ?? time);
      const game = new Game<{ squares: string }, number>(new TPacketClient('ws://localhost/', { WebSocket, accept: [gameCommands] }));
      game.on('moved', ({ moves, view }: { moves: number; view: GameView<{ squares: string }> }) => view.board?.squares[moves]);
      const left: number | undefined = game.remaining(0);
      const games: readonly OpenGame[] | undefined = new Matchmaking(client).view?.open;
      const banned: Promise<void> = banNick(client, 'bob', { seconds: 60, reason: 'spam' });
      const stop: () => void = onDeleted(new TPacketClient('ws://localhost/', { WebSocket, accept: [deletions] }), (offset: number) => offset);
      game.move(3);
      // @ts-expect-error
      game.move('three');
      export { state, reply, events, receipt, left, games, banned, stop };`;
    assert.equal(compile('bare', ['es2022'], bare), '');
  });
});

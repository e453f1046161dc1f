import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = file => readFileSync(join(root, file), 'utf8');
const examples = [...read('README.md').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);

test('the bundle is smaller than 6 KiB, minified and gzipped', t => {
  const size = gzipSync(read('dist/tpacket-client.min.js'), { level: 9 }).length;
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 6 * 1024, `${size} bytes`);
});

test('nothing is needed to run it, and nothing installed that is not said to the byte', () => {
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

  function compile(name, code, ...lib) {
    const file = join(folder, `${name}.mts`);
    writeFileSync(file, code);
    const options = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      types: [],
      lib: ['es2022', ...lib],
      skipLibCheck: false,
      ignoreDeprecations: '6.0',
      paths: { 'tpacket-client': [join(root, 'dist/index.d.ts')] },
    };
    const project = join(folder, `${name}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions: options, files: [file] }));
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' });
    } catch (error) {
      return error.stdout;
    }
    return '';
  }

  examples.forEach((code, i) => test(`fit example ${i + 1} of the page`, () => assert.equal(compile(`example${i}`, code, 'dom'), '')));

  test('need none of a browser, nor of Node', () => {
    const code = `
      import { TPacketClient, type ClientState, type Packet, type RoomEvent, type User } from 'tpacket-client';
      declare const WebSocket: ConstructorParameters<typeof TPacketClient>[1] extends infer O | undefined ? O extends { WebSocket?: infer W } ? W : never : never;
      const client = new TPacketClient('ws://localhost/', { ...(WebSocket && { WebSocket }), reconnect: false });
      const state: ClientState = client.state;
      const reply: Promise<Packet> = client.request({ command: 256, data: new Uint8Array(1) });
      client.on('joined', ({ user }: { user: User }) => user.nick);
      const events: AsyncIterableIterator<RoomEvent> = client.events();
      export { state, reply, events };`;
    assert.equal(compile('bare', code), '');
  });

  test("take a browser's WebSocket, AbortSignal and bytes", () => {
    const code = `
      import { TPacketClient } from 'tpacket-client';
      const client = new TPacketClient('ws://localhost/', { WebSocket });
      client.request({ command: 256, data: new Uint8Array(1) }, { signal: AbortSignal.timeout(1) });`;
    assert.equal(compile('browser', code, 'dom'), '');
  });

  test('refuse what is wrong', () => {
    assert.match(compile('wrong', "import { TPacketClient } from 'tpacket-client'; new TPacketClient('ws://localhost/').on('nothing', () => {});", 'dom'), /TS2345/);
  });
});

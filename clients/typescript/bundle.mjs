// Bundles each entry of the package as one ES module for pages without a bundler: dist/tpacket-client.min.js, dist/tpacket-games.min.js,
// dist/tpacket-iteration.min.js and dist/tpacket-moderation.min.js. Run `tsc` first, because the script imports dist/commands.js.

import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { PacketCommand, PacketErrorCode } from './dist/commands.js';

// Members that only classes of this package use. They get short names in the bundle of the client.
const internal = [
  'acceptsReceipts', 'answer', 'appends', 'ask', 'attach', 'begin', 'bytes', 'cancel', 'changed', 'closeOnViolation', 'complete', 'confirmed', 'connection', 'detach',
  'dispatch', 'emit', 'engage', 'enter', 'failAll', 'fence', 'follows', 'forget', 'givesReceipts', 'hasReceived', 'inDoubt', 'interrupt', 'isIn', 'knowsPresence',
  'leave', 'mark', 'moveOn', 'moveTo', 'newUser', 'onDisconnected', 'onEnded', 'onMoved', 'onPacket', 'onReady', 'onRenamed', 'onResumed', 'onState', 'ownId', 'packets',
  'position', 'ready', 'readyState', 'receive', 'remove', 'restore', 'resume', 'save', 'setCount', 'setState', 'settings', 'settle', 'setUsers', 'signIn', 'start',
  'stop', 'token', 'uids', 'waitUntilOpen',
];

const numbers = { PacketCommand, PacketErrorCode };

/** Replaces the names of commands and error codes, and of a module's own constants, by their numbers. */
const names = {
  name: 'numbers',
  setup: ({ onLoad }) =>
    onLoad({ filter: /src\/\w[\w-]*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const named = source.replace(/\b(PacketCommand|PacketErrorCode)\.([A-Z]\w+)/g, (_, table, name) => numbers[table][name]);
      const contents = [...named.matchAll(/^const (\w+) = ([\d_]+);$/gm)].reduce((text, [line, name, value]) => text.replace(line, '').replace(new RegExp(`(?<![.\\w'])${name}\\b`, 'g'), value), named);
      return { contents, loader: 'ts' };
    }),
};

await build({
  entryPoints: ['src/index.ts'],
  outfile: 'dist/tpacket-client.min.js',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  plugins: [names],
  mangleProps: new RegExp(`^(${internal.join('|')})$`),
  logLevel: 'warning',
});

// These modules use only public members of a client, so they work with any build of the package.
for (const entry of ['games', 'iteration', 'moderation'])
  await build({
    entryPoints: [`src/${entry}/index.ts`],
    outfile: `dist/tpacket-${entry}.min.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });

// Makes dist/tpacket-client.min.js, dist/tpacket-games.min.js, dist/tpacket-iteration.min.js and dist/tpacket-moderation.min.js, the package's entries as one ES module each for pages without a bundler. `tsc` has run before.

import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { PacketCommand, PacketErrorCode } from './dist/commands.js';

// Members that the classes of this package share, and that neither an application nor the platform sees, have short names in the bundle.
const internal = [
  'acceptsReceipts', 'answer', 'appends', 'ask', 'attach', 'become', 'begin', 'bytes', 'cancel', 'changed', 'complete', 'confirmed', 'connection', 'detach', 'disconnected', 'engage', 'emit', 'end', 'ended', 'enter', 'exchange', 'fence', 'follows', 'forget',
  'givesReceipts', 'heard', 'inDoubt', 'interrupt', 'isIn', 'knowsPresence', 'leave', 'left', 'lose', 'mark', 'moved', 'moveOn', 'moveTo', 'newUser', 'opened', 'ownId', 'packets', 'position', 'ready', 'readyState', 'receive', 'received', 'refuse',
  'remove', 'renamed', 'restore', 'resume', 'resumed', 'save', 'settings', 'settle', 'shut', 'signIn', 'start', 'tellCount', 'token', 'told', 'uids',
];

const numbers = { PacketCommand, PacketErrorCode };

/** Puts numbers in the place of the protocol's names, and of a module's own constants. */
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

// They use a client by its public members alone, so they fit any build of the package.
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

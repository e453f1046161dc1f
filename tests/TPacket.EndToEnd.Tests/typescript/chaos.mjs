// The clients of a run with faults, steered with a line of JSON for each call; another line says what has come of it, and one says what a client reports. The argument is the folder of the client's package.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const { WebSocket } = createRequire(`${folder}/`)('ws');
const { TPacketClient } = await import(pathToFileURL(`${folder}/dist/index.js`));

const tell = line => process.stdout.write(`${JSON.stringify(line)}\n`);
const clients = new Map();

const present = ({ roster }) => ({
  userId: roster.self?.id,
  nick: roster.self?.nick,
  roster: roster.users.map(({ id, nick, away }) => [id, nick, away === true]),
});

function create(id, url, grace) {
  const client = new TPacketClient(url, {
    WebSocket,
    session: { grace },
    keepAlive: 1000,
    timeout: 6000,
    reconnect: { initialDelay: 50, maxDelay: 1000, stableAfter: 1000 },
  });
  clients.set(id, client);
  client.on('state', ({ name, room, continuity, reason }) => {
    if (name === 'ready') tell({ id, type: name, room, continuity, ...present(client) });
    else if (name === 'reconnecting' || name === 'closed') tell({ id, type: name, reason: `${reason}` });
  });
  client.on('entered', ({ type, room }) => tell({ id, type, room, ...present(client) }));
  client.on('message', ({ type, sender, text, history, offset, time }) => tell({ id, type, userId: sender.id, nick: sender.nick, text, history, offset, time }));
  for (const name of ['joined', 'left', 'away', 'returned'])
    client.on(name, ({ type, user, offset, time }) => tell({ id, type, userId: user.id, nick: user.nick, offset, time }));
}

async function call({ id, call, key, arguments: given }) {
  const client = clients.get(id);
  if (call === 'read') return tell({ id, key, room: client.state.room, ...present(client) });
  if (call === 'say' && client.state.name !== 'ready') return tell({ id, key, isUnsent: true });
  try {
    const receipt = await client[call](...given);
    tell({ id, key, ...(call === 'say' && { offset: receipt.offset, time: receipt.time }) });
  } catch (error) {
    tell({ id, key, error: `${error}`, code: error.code });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const told = JSON.parse(line);
  if (told.call === 'new') create(told.id, told.url, told.grace);
  else void call(told);
});
lines.on('close', () => process.exit()); // The run is gone.

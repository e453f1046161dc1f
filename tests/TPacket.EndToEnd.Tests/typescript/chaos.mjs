// Runs the clients of a test with faults. Reads a call as a line of JSON, and writes its outcome and each event of a client as a line of JSON. The argument is the folder of the client's package.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const { WebSocket } = createRequire(`${folder}/`)('ws');
const { TPacketClient } = await import(pathToFileURL(`${folder}/dist/index.js`));

const report = line => process.stdout.write(`${JSON.stringify(line)}\n`);
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
    if (name === 'ready') report({ id, type: name, room, continuity, ...present(client) });
    else if (name === 'reconnecting' || name === 'closed') report({ id, type: name, reason: `${reason}` });
  });
  client.on('entered', ({ type, room }) => report({ id, type, room, ...present(client) }));
  client.on('message', ({ type, sender, text, history, offset, time }) => report({ id, type, userId: sender.id, nick: sender.nick, text, history, offset, time }));
  for (const name of ['joined', 'left', 'away', 'returned'])
    client.on(name, ({ type, user, offset, time }) => report({ id, type, userId: user.id, nick: user.nick, offset, time }));
}

async function call({ id, call, key, arguments: given }) {
  const client = clients.get(id);
  if (call === 'read') return report({ id, key, room: client.state.room, ...present(client) });
  if (call === 'say' && client.state.name !== 'ready') return report({ id, key, isUnsent: true });
  try {
    const receipt = await client[call](...given);
    report({ id, key, ...(call === 'say' && { offset: receipt.offset, time: receipt.time }) });
  } catch (error) {
    report({ id, key, error: `${error}`, code: error.code });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const command = JSON.parse(line);
  if (command.call === 'new') create(command.id, command.url, command.grace);
  else void call(command);
});
lines.on('close', () => process.exit()); // The test has ended.

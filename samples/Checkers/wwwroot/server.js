// The client, the game of its room, and the user's name.

import { recall, recallInTab, keep, keepInTab, tab } from './storage.js';
import { PacketErrorCode, RequestError, TPacketClient } from './tpacket-client.min.js';
import { Game, Matchmaking, gameCommands } from './tpacket-games.min.js';

const address = new URL('play', location.href);
address.protocol = address.protocol.replace('http', 'ws');
address.hash = address.search = '';

export const client = new TPacketClient(address.href, { accept: [gameCommands], reconnect: { initialDelay: 300, maxDelay: 5000 }, session: { store: tab } });
export const game = new Game(client);
export const matchmaking = new Matchmaking(client);

/** Returns the user's name: from the tab, the last visit, or a new one. */
export const nick = () => recallInTab('nick') ?? recall('nick') ?? newNick();

function newNick() {
  const name = `Guest ${1000 + (crypto.getRandomValues(new Uint16Array(1))[0] % 9000)}`;
  keep('nick', name);
  return name;
}

const isTaken = error => error instanceof RequestError && error.code === PacketErrorCode.NickTaken;

/** Connects and enters a room. If the name is taken, appends a number. */
export async function connect(room) {
  const name = nick();
  for (let i = 1; ; i++) {
    const tried = i === 1 ? name : `${name} ${i}`;
    try {
      await client.connect(tried, room);
      return keepInTab('nick', tried);
    } catch (error) {
      if (!isTaken(error) || i > 20) throw error;
    }
  }
}

/** Changes the name. */
export async function rename(name) {
  await client.rename(name);
  keep('nick', name);
  keepInTab('nick', name);
}

/** Runs an action of the user. `report` shows the reason of a rejection. */
export async function attempt(action, report) {
  try {
    return await action();
  } catch (error) {
    report(explain(error));
    return undefined;
  }
}

/** Returns an error text for the user. */
export function explain(error) {
  if (isTaken(error)) return 'Somebody here has that name. Please take another.';
  if (error instanceof RequestError) return error.text || 'The server has rejected that.';
  if (error.closeCode === 4001) return 'You are here in another window.';
  return 'The server cannot be reached. Please try again.';
}

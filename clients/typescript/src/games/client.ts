import type { TPacketClient } from '../client.js';
import { decodeText, encodeText } from '../packet.js';
import type { Receipt } from '../events.js';

/** The part of {@link TPacketClient} that games use. */
export type GameClient = Pick<TPacketClient, 'on' | 'append' | 'request' | 'state'>;

/** Sends an action, and resolves with its receipt. */
export const act = (client: GameClient, command: number, action: object): Promise<Receipt> => client.append({ command, data: encodeText(JSON.stringify(action)) });

/** Reads the data of a packet with a command of games. */
export const read = <View>(data: Uint8Array): View => JSON.parse(decodeText(data)) as View;

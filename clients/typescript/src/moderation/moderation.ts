import type { TPacketClient } from '../client.js';
import { decodeText } from '../packet.js';
import { ModerationCommand } from './commands.js';

/** The part of {@link TPacketClient} that moderators use. */
export type ModeratingClient = Pick<TPacketClient, 'on' | 'request'>;

/** The duration and the reason of a ban or a mute. */
export interface SanctionOptions {
  /** Seconds until the end; 0 for no end. Default: 0. */
  readonly seconds?: number;
  /** The reason, which the user receives. */
  readonly reason?: string;
}

/** A ban or a mute. */
export interface Sanction {
  /** 0 for the ban of a nick, 1 for the ban of an address, 2 for a mute. */
  readonly kind: number;
  /** The nick or the address. */
  readonly target: string;
  /** The end in ISO 8601; missing for no end. */
  readonly until?: string;
  /** The nick of the moderator, or a name that the host has given. */
  readonly by: string;
  /** The reason; may be empty. */
  readonly reason: string;
}

const nick = 0;
const address = 1;
const addressOfUser = 2;

const ask = async (client: ModeratingClient, command: number, data: string, p1 = 0, p2 = 0): Promise<void> => {
  await client.request({ command, data, p1, p2 });
};

const sanction = async (client: ModeratingClient, command: number, target: string, { seconds = 0, reason }: SanctionOptions, p2?: number): Promise<void> => {
  // The server would read the rest of the target as the reason.
  if (target.includes('\n')) throw new RangeError('A nick or an address has no line feed.');
  // A number that is not a 32-bit integer fails when the packet is encoded.
  if (seconds < 0) throw new RangeError(`A duration of ${seconds} s.`);
  await ask(client, command, reason ? `${target}\n${reason}` : target, seconds, p2);
};

/**
 * Disconnects a user and ends its session. The user may sign in again. This and the other requests of this module reject like `request` of the client,
 * with a RequestError if the server refuses them.
 * @param userId The id of the user, who may be in another room or on another server.
 * @param reason The reason, which the user receives.
 */
export const kick = (client: ModeratingClient, userId: number, reason = '') => ask(client, ModerationCommand.Kick, reason, userId);

/** Bans a nick: the server disconnects the user that has it, and rejects the nick until the ban ends. */
export const banNick = (client: ModeratingClient, target: string, options: SanctionOptions = {}) => sanction(client, ModerationCommand.Ban, target, options, nick);

/** Lifts the ban of a nick. */
export const unbanNick = (client: ModeratingClient, target: string) => ask(client, ModerationCommand.Unban, target, 0, nick);

/** Bans an IP address: the server disconnects users that are connected from it, and rejects users that sign in from it until the ban ends. */
export const banAddress = (client: ModeratingClient, target: string, options: SanctionOptions = {}) => sanction(client, ModerationCommand.Ban, target, options, address);

/** Bans the IP address from which a user is connected. The moderator does not learn the address. */
export const banAddressOf = (client: ModeratingClient, userId: number, options: SanctionOptions = {}) => sanction(client, ModerationCommand.Ban, `${userId}`, options, addressOfUser);

/** Lifts the ban of an IP address. */
export const unbanAddress = (client: ModeratingClient, target: string) => ask(client, ModerationCommand.Unban, target, 0, address);

/** Mutes the user of a nick: the server refuses the user's messages until the mute ends. */
export const mute = (client: ModeratingClient, target: string, options: SanctionOptions = {}) => sanction(client, ModerationCommand.Mute, target, options);

/** Lifts the mute of a nick. */
export const unmute = (client: ModeratingClient, target: string) => ask(client, ModerationCommand.Unmute, target);

/** The maximum number of bans and mutes that a server can be configured to keep. */
const maxBans = 65_536;

/** Lists the current bans and mutes, ordered by kind and target. If the list changes between two pages, an entry can be missing or appear twice. The list ends once it has more than 65,536 entries, which is more than a server keeps. */
export async function listBans(client: ModeratingClient): Promise<readonly Sanction[]> {
  const bans: Sanction[] = [];
  for (;;) {
    const { p1, data } = await client.request({ command: ModerationCommand.ListBans, p1: bans.length });
    const page = JSON.parse(decodeText(data)) as Sanction[];
    bans.push(...page);
    // The last condition ends the loop if a server sends pages without end.
    if (page.length === 0 || bans.length >= p1 || bans.length > maxBans) return bans;
  }
}

/**
 * Deletes a message from the log of the client's room.
 * @param offset The `offset` of the message's event.
 */
export const deleteMessage = async (client: ModeratingClient, offset: number): Promise<void> => {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`An offset of ${offset}.`);
  await ask(client, ModerationCommand.DeleteMsg, '', offset | 0, Math.floor(offset / 0x100000000));
};

/**
 * Requests an invitation to the client's private room, or to a new one.
 * @param seconds The validity in seconds; 0 for the longest that the server allows.
 * @returns The invitation, which `connect` and `join` take instead of the room's name, and its validity in seconds.
 */
export async function invite(client: ModeratingClient, { seconds = 0, newRoom = false }: { readonly seconds?: number; readonly newRoom?: boolean } = {}): Promise<{ invitation: string; seconds: number }> {
  const { p1, data } = await client.request({ command: ModerationCommand.Invite, p1: seconds, p2: newRoom ? 1 : 0 });
  return { invitation: decodeText(data), seconds: p1 };
}

/**
 * Calls a function for each deleted message of the client's room, with the `offset` of the message's event.
 * The client's option `accept` must contain {@link deletions}.
 * @returns A function that removes the listener.
 */
export const onDeleted = (client: ModeratingClient, deleted: (offset: number) => void): (() => void) =>
  client.on('packet', ({ packet }) => packet.command === ModerationCommand.DeleteMsg && packet.uid < 0 && deleted((packet.p1 >>> 0) + packet.p2 * 0x100000000));

import { Emitter } from '../emitter.js';
import type { Receipt } from '../events.js';
import { platform } from '../platform.js';
import { type GameClient, act, read } from './client.js';
import { GameCommand } from './commands.js';

/** A game that a member may join. */
export interface OpenGame {
  /** The id of the member who has opened it. */
  readonly user: number;
  readonly nick: string;
  /** The beginning of the names of the game's rooms. */
  readonly game: string;
}

/** Matchmaking as one member sees it. */
export interface MatchmakingView {
  readonly open: readonly OpenGame[];
  /** The game that the member itself looks for. */
  readonly seeking?: string;
  /** The room of the member's match. */
  readonly room?: string;
}

/** What matchmaking notifies its listeners of. */
export interface MatchmakingEvents {
  view: MatchmakingView;
  /** The member has a match: it enters the room next, and claims its seat. */
  matched: { readonly room: string };
}

/** How members of a lobby find games (docs/games.md, Matchmaking). The client has to accept `gameCommands`. Make it before the client enters the lobby. */
export class Matchmaking extends Emitter<MatchmakingEvents> {
  readonly #client: GameClient;
  readonly #subscriptions: readonly (() => void)[];
  #view: MatchmakingView | undefined;

  constructor(client: GameClient) {
    super();
    this.#client = client;
    this.#subscriptions = [
      client.on('entered', () => void (this.#view = undefined)),
      client.on('packet', ({ packet }) => {
        if (packet.command === GameCommand.Matchmaking) this.#show(read<MatchmakingView>(packet.data));
      }),
    ];
  }

  /** Undefined before the first view of the room, and where the room is no lobby. */
  get view(): MatchmakingView | undefined {
    return this.#view;
  }

  /** Opens a game that others may join. */
  open(game: string): Promise<Receipt> {
    return this.#act('open', { game });
  }

  /** Joins the game that a user has opened. */
  join(user: number): Promise<Receipt> {
    return this.#act('join', { user });
  }

  /** Looks for an opponent by rating. */
  seek(game: string, rating: number): Promise<Receipt> {
    return this.#act('seek', { game, rating });
  }

  /** Looks for no game any more, or gives up the one that was found. */
  cancel(): Promise<Receipt> {
    return this.#act('cancel');
  }

  /** Stops listening to the client. */
  dispose(): void {
    for (const end of this.#subscriptions) end();
  }

  #act(verb: string, more: object = {}): Promise<Receipt> {
    return act(this.#client, GameCommand.Matchmaking, { do: verb, ...more });
  }

  #show(view: MatchmakingView): void {
    const before = this.#view?.room;
    this.#view = view;
    this.emit('view', view);
    if (view.room !== undefined && view.room !== before) this.emit('matched', { room: view.room });
  }
}

// Without letters that look like digits.
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Draws the name of a room for a game by code, which nobody guesses: `newRoom('noughts-')` is such as `noughts-7k2f9qtm`.
 * @param length How many letters and digits the code has, of 5 bits each.
 */
export function newRoom(prefix: string, length = 10): string {
  const bytes = new Uint8Array(length);
  platform.crypto!.getRandomValues(bytes);
  return prefix + Array.from(bytes, byte => digits[byte % digits.length]).join('');
}

import { Emitter } from '../emitter.js';
import type { Receipt } from '../events.js';
import { platform } from '../platform.js';
import { type GameClient, act, read } from './client.js';
import { GameCommand } from './commands.js';

/** An open game that members may join. */
export interface OpenGame {
  /** The id of the member who has opened the game. */
  readonly user: number;
  /** The nick of that member. */
  readonly nick: string;
  /** The prefix of the game's room names. */
  readonly game: string;
}

/** The matchmaking of a lobby as one member sees it. */
export interface MatchmakingView {
  /** The games that members may join. */
  readonly open: readonly OpenGame[];
  /** The game that the member looks for, as the prefix of its room names; missing for none. */
  readonly seeking?: string;
  /** The room of the member's match; missing for none. */
  readonly room?: string;
}

/** The events of matchmaking. */
export interface MatchmakingEvents {
  /** The client has received a view of the lobby. */
  view: MatchmakingView;
  /** The member has a match. The member then enters this room and claims its seat. */
  matched: { readonly room: string };
}

/**
 * Finds games for a client in a lobby (docs/games.md, Matchmaking). The client must accept `gameCommands`. Create it before the client enters the lobby. Each
 * action resolves with its receipt. It rejects with a RequestError with a GameErrorCode if the lobby refuses it, and otherwise like `append` of the client.
 */
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

  /** The lobby as the member sees it; undefined before the first view, and in a room without matchmaking. */
  get view(): MatchmakingView | undefined {
    return this.#view;
  }

  /**
   * Opens a game that other members may join.
   * @param game The prefix of the game's room names.
   */
  open(game: string): Promise<Receipt> {
    return this.#act('open', { game });
  }

  /**
   * Joins an open game.
   * @param user The id of the user who has opened the game.
   */
  join(user: number): Promise<Receipt> {
    return this.#act('join', { user });
  }

  /**
   * Looks for an opponent by rating.
   * @param game The prefix of the game's room names.
   * @param rating The member's rating, which the server may ignore.
   */
  seek(game: string, rating: number): Promise<Receipt> {
    return this.#act('seek', { game, rating });
  }

  /** Stops looking for a game, or gives up the match. */
  cancel(): Promise<Receipt> {
    return this.#act('cancel');
  }

  /** Unsubscribes from the client's events. */
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

// Crockford's Base32 alphabet. It has no i, l, o and u, which readers confuse with other characters.
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Draws a room name with a random code that cannot be guessed: `newRoom('noughts-')` returns a name such as `noughts-7k2f9qtm`.
 * @param length The length of the code in characters. Each has 5 random bits.
 */
export function newRoom(prefix: string, length = 10): string {
  const bytes = new Uint8Array(length);
  platform.crypto!.getRandomValues(bytes);
  return prefix + Array.from(bytes, byte => digits[byte % digits.length]).join('');
}

import { Emitter } from '../emitter.js';
import type { Receipt } from '../events.js';
import { platform } from '../platform.js';
import { type GameClient, act, read } from './client.js';
import { GameCommand } from './commands.js';

/** An open game that members may join. */
export interface OpenGame {
  /** The id of the member who has opened it. */
  readonly user: number;
  readonly nick: string;
  /** The prefix of the game's room names. */
  readonly game: string;
}

/** The matchmaking of a lobby as one member sees it. */
export interface MatchmakingView {
  readonly open: readonly OpenGame[];
  /** The game that the member looks for. */
  readonly seeking?: string;
  /** The room of the member's match. */
  readonly room?: string;
}

/** The events of matchmaking. */
export interface MatchmakingEvents {
  view: MatchmakingView;
  /** The member has a match. It then enters the room and claims its seat. */
  matched: { readonly room: string };
}

/** Finds games for a client in a lobby (docs/games.md, Matchmaking). The client must accept `gameCommands`. Create it before the client enters the lobby. */
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

  /** The view; undefined before the first one, and in a room without matchmaking. */
  get view(): MatchmakingView | undefined {
    return this.#view;
  }

  /** Opens a game that other members may join. */
  open(game: string): Promise<Receipt> {
    return this.#act('open', { game });
  }

  /** Joins an open game. */
  join(user: number): Promise<Receipt> {
    return this.#act('join', { user });
  }

  /** Looks for an opponent by rating. */
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

// Without the letters i, l, o and u, which are easily confused.
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Draws a room name with a random code that cannot be guessed: `newRoom('noughts-')` returns a name such as `noughts-7k2f9qtm`.
 * @param length The length of the code in characters, of 5 bits each.
 */
export function newRoom(prefix: string, length = 10): string {
  const bytes = new Uint8Array(length);
  platform.crypto!.getRandomValues(bytes);
  return prefix + Array.from(bytes, byte => digits[byte % digits.length]).join('');
}

import { Emitter } from '../emitter.js';
import type { Receipt } from '../events.js';
import { type GameChanges, changesBetween } from './changes.js';
import { type GameClient, act, read } from './client.js';
import { GameCommand } from './commands.js';
import { type GameReplay, replay } from './replay.js';
import { ServerTime, remaining } from './time.js';
import type { GameClock, GameOffer, GameSeat, GameView } from './view.js';

/** The events of a game. */
export interface GameEvents<Board = unknown> extends GameChanges<Board> {
  /** The client has received a view. The changes since the previous view follow, unless the client has entered the room meanwhile. */
  view: GameView<Board>;
  /** The client has entered a room. The game is unknown until the next `view`. */
  reset: undefined;
}

/** The start position and the clock; the defaults of the game if missing. */
export interface GameSetUp {
  readonly text?: string;
  readonly clock?: GameClock;
}

declare const performance: { readonly timeOrigin: number; now(): number };

/**
 * The game in a client's room (docs/games.md). The client must accept `gameCommands`.
 * Create the game before the client connects, so that it receives the first view. Each action resolves with its receipt.
 * It rejects with a RequestError with a GameErrorCode if the game refuses it, and otherwise like `append` of the client.
 */
export class Game<Board = unknown, Move = unknown> extends Emitter<GameEvents<Board>> {
  readonly #client: GameClient;
  readonly #time: ServerTime;
  readonly #subscriptions: readonly (() => void)[];
  #view: GameView<Board> | undefined;
  // Counts takebacks, new games and changes of the room: pages of a replay from before and after one of them do not belong together.
  #generation = 0;

  /**
   * Subscribes to the events of a client.
   * @param now Returns the local time in milliseconds, for tests. Default: the platform's monotonic clock.
   */
  constructor(client: GameClient, { now = () => performance.timeOrigin + performance.now() }: { readonly now?: () => number } = {}) {
    super();
    this.#client = client;
    this.#time = new ServerTime(now);
    this.#subscriptions = [
      client.on('event', event => {
        if (event.time !== undefined && !(event.type === 'message' && event.history)) this.#time.onEvent(event.time);
      }),
      client.on('entered', () => this.#forget()),
      client.on('packet', ({ packet }) => {
        if (packet.command === GameCommand.Game) this.#show(read<GameView<Board>>(packet.data));
      }),
    ];
  }

  /** The game as the member may see it; undefined before the first view of the room. */
  get view(): GameView<Board> | undefined {
    return this.#view;
  }

  /** The member's own seat; undefined for a spectator. */
  get seat(): GameSeat | undefined {
    return this.#view?.you === undefined ? undefined : this.#view.seats[this.#view.you];
  }

  /** Whether the member's seat has to move. */
  get isToMove(): boolean {
    return this.seat?.toMove === true;
  }

  /** The client's estimate of the server's time, in milliseconds since 1970. */
  get serverTime(): number {
    return this.#time.now;
  }

  /**
   * Returns the remaining time of a seat in milliseconds, by the estimated time of the server; undefined without a clock.
   * Only the server ends the game, after the lag that it compensates.
   * @param seat The number of the seat.
   */
  remaining(seat: number): number | undefined {
    const found = this.#view?.seats[seat];
    return found && remaining(this.#view!.clock, found, this.#time.now);
  }

  /** Takes a seat; without a number, a seat that is reserved for the member, or else the first free one. */
  claim(seat?: number): Promise<Receipt> {
    return this.#act('claim', { seat });
  }

  /** Gives up the member's seat. */
  leave(): Promise<Receipt> {
    return this.#act('leave');
  }

  /** Reserves a free seat for a user; 0 for anybody. */
  reserve(seat: number, user: number): Promise<Receipt> {
    return this.#act('reserve', { seat, user });
  }

  /** Declares the member ready to begin. */
  ready(): Promise<Receipt> {
    return this.#act('ready');
  }

  /** Chooses the position and the clock before the first game. A missing value chooses the default of the game. */
  setUp({ text, clock }: GameSetUp): Promise<Receipt> {
    return this.#act('setUp', { text, clock });
  }

  /** Assigns a bot to a free seat; without a level, removes the bot. */
  bot(seat: number, level?: string): Promise<Receipt> {
    return this.#act('bot', { seat, level });
  }

  /**
   * Makes a move. The server deducts the round-trip time that the client has measured from the time of the turn, up to a quota.
   * @param at The expected number of moves before this move. If the game has another number, it refuses the move. Default: the number in the view.
   */
  move(move: Move, at: number | undefined = this.#view?.moves): Promise<Receipt> {
    return this.#act('move', { move, at, lag: this.#time.lag });
  }

  /** Makes an offer to the other seats, or agrees to theirs. */
  offer(offer: GameOffer): Promise<Receipt> {
    return this.#act('offer', { offer });
  }

  /** Declines the offer of the other seats, or withdraws the offer of the member's own seat. */
  decline(offer: GameOffer): Promise<Receipt> {
    return this.#act('decline', { offer });
  }

  /** Claims a draw under the rules of the game. */
  claimDraw(): Promise<Receipt> {
    return this.#act('claimDraw');
  }

  /** Resigns the game. */
  resign(): Promise<Receipt> {
    return this.#act('resign');
  }

  /** Aborts a game in which not every seat has moved yet. */
  abort(): Promise<Receipt> {
    return this.#act('abort');
  }

  /**
   * Requests all boards of the room's latest game, from the first on.
   * @throws RequestError (rejected) The room has no game.
   * @throws TimeoutError | ConnectionError (rejected) See `request` of the client.
   */
  replay(): Promise<GameReplay<Board>> {
    return replay(this.#client, () => this.#generation);
  }

  /** Unsubscribes from the client's events. */
  dispose(): void {
    for (const end of this.#subscriptions) end();
  }

  async #act(verb: string, more: object = {}): Promise<Receipt> {
    const sent = this.#time.local();
    const receipt = await act(this.#client, GameCommand.Game, { do: verb, ...more });
    if (receipt.time !== undefined) {
      this.#time.onAnswer(sent);
      this.#time.onEvent(receipt.time);
    }
    return receipt;
  }

  #forget(): void {
    this.#view = undefined;
    this.#generation++;
    this.emit('reset', undefined);
  }

  #show(view: GameView<Board>): void {
    const before = this.#view;
    this.#view = view;
    for (const { since } of view.seats) if (since !== undefined) this.#time.onPast(since);
    this.emit('view', view);
    if (!before) return;
    for (const [name, change] of changesBetween(before, view)) {
      if (name === 'began' || name === 'tookBack') this.#generation++;
      this.emit(name, change as never);
    }
  }
}

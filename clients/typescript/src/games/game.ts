import { Emitter } from '../emitter.js';
import type { Receipt } from '../events.js';
import { type GameChanges, changesBetween } from './changes.js';
import { type GameClient, act, read } from './client.js';
import { GameCommand } from './commands.js';
import { type GameReplay, replay } from './replay.js';
import { ServerTime, remaining } from './time.js';
import type { GameClock, GameOffer, GameSeat, GameView } from './view.js';

/** What a game notifies its listeners of. */
export interface GameEvents<Board = unknown> extends GameChanges<Board> {
  /** The game is another, or is seen anew. The changes since the view before follow, unless the room was entered meanwhile. */
  view: GameView<Board>;
  /** The client has entered a room: nothing is known of its game before the next `view`. */
  reset: undefined;
}

/** The position and the clock to begin with; what is left out is as usual. */
export interface GameSetUp {
  readonly text?: string;
  readonly clock?: GameClock;
}

declare const performance: { readonly timeOrigin: number; now(): number };

/**
 * The game of the room that a client is in (docs/games.md). The client has to accept `gameCommands`. Each action resolves with its receipt, and rejects as `append` of the client: with a RequestError where the game refuses it.
 * Make it before the client connects, so that it sees the room's first view.
 */
export class Game<Board = unknown, Move = unknown> extends Emitter<GameEvents<Board>> {
  readonly #client: GameClient;
  readonly #time: ServerTime;
  readonly #subscriptions: readonly (() => void)[];
  #view: GameView<Board> | undefined;
  // How often boards have been replaced, so that those of earlier pages of a replay are none of the game's.
  #replaced = 0;

  /** @param now The local time in milliseconds, for tests; default: the platform's, which does not jump. */
  constructor(client: GameClient, { now = () => performance.timeOrigin + performance.now() }: { readonly now?: () => number } = {}) {
    super();
    this.#client = client;
    this.#time = new ServerTime(now);
    this.#subscriptions = [
      client.on('event', event => {
        if (event.time !== undefined && !(event.type === 'message' && event.history)) this.#time.heard(event.time);
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

  /** The server's time as the client estimates it: milliseconds since 1970. */
  get serverTime(): number {
    return this.#time.now;
  }

  /**
   * The milliseconds that a seat has left now, by the client's estimate of the server's time; undefined without a clock. It does not end the game: the server does, behind the lag that it compensates.
   * @param seat Its number.
   */
  remaining(seat: number): number | undefined {
    const found = this.#view?.seats[seat];
    return found && remaining(this.#view!.clock, found, this.#time.now);
  }

  /** Takes a seat; without a number one that is reserved for the member, or the first that is free. */
  claim(seat?: number): Promise<Receipt> {
    return this.#act('claim', { seat });
  }

  /** Gives the seat up. */
  leave(): Promise<Receipt> {
    return this.#act('leave');
  }

  /** Reserves a free seat for a user; 0 for anybody. */
  reserve(seat: number, user: number): Promise<Receipt> {
    return this.#act('reserve', { seat, user });
  }

  /** The member is ready to begin. */
  ready(): Promise<Receipt> {
    return this.#act('ready');
  }

  /** Chooses the position and the clock before the first game. */
  setUp({ text, clock }: GameSetUp): Promise<Receipt> {
    return this.#act('setUp', { text, clock });
  }

  /** Has the server play for a free seat; without a level no longer. */
  bot(seat: number, level?: string): Promise<Receipt> {
    return this.#act('bot', { seat, level });
  }

  /**
   * Moves. The server refuses the move where the game has moved on since the client has seen it, and does not count the time for which the move was on its way, as the client has measured it of the answers before.
   * @param at After how many moves it is meant; default: the view's.
   */
  move(move: Move, at: number | undefined = this.#view?.moves): Promise<Receipt> {
    return this.#act('move', { move, at, lag: this.#time.lag });
  }

  /** Offers something, or agrees to what the others have offered. */
  offer(offer: GameOffer): Promise<Receipt> {
    return this.#act('offer', { offer });
  }

  /** Declines what the others have offered, or withdraws the own offer. */
  decline(offer: GameOffer): Promise<Receipt> {
    return this.#act('decline', { offer });
  }

  /** Claims a draw that the rules of the game give. */
  claimDraw(): Promise<Receipt> {
    return this.#act('claimDraw');
  }

  /** Gives up. */
  resign(): Promise<Receipt> {
    return this.#act('resign');
  }

  /** Ends a game in which not every seat has moved. */
  abort(): Promise<Receipt> {
    return this.#act('abort');
  }

  /**
   * Asks for all boards of the room's latest game, from the one that it began with.
   * @throws RequestError (rejected) The room has no game.
   * @throws TimeoutError | ConnectionError (rejected) As `request` of the client.
   */
  replay(): Promise<GameReplay<Board>> {
    return replay(this.#client, () => this.#replaced);
  }

  /** Stops listening to the client. */
  dispose(): void {
    for (const end of this.#subscriptions) end();
  }

  async #act(verb: string, more: object = {}): Promise<Receipt> {
    const sent = this.#time.local();
    const receipt = await act(this.#client, GameCommand.Game, { do: verb, ...more });
    if (receipt.time !== undefined) {
      this.#time.answered(sent);
      this.#time.heard(receipt.time);
    }
    return receipt;
  }

  #forget(): void {
    this.#view = undefined;
    this.#replaced++;
    this.emit('reset', undefined);
  }

  #show(view: GameView<Board>): void {
    const before = this.#view;
    this.#view = view;
    for (const { since } of view.seats) if (since !== undefined) this.#time.passed(since);
    this.emit('view', view);
    if (!before) return;
    for (const [name, change] of changesBetween(before, view)) {
      if (name === 'began' || name === 'tookBack') this.#replaced++;
      this.emit(name, change as never);
    }
  }
}

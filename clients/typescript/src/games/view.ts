/** The offers that a seat can make. */
export type GameOffer = 'draw' | 'takeback' | 'rematch' | 'swap';

/** The phase of a room's game. In the phase `closed`, the game is over and cannot begin again, because no member holds a seat. */
export type GamePhase = 'open' | 'running' | 'over' | 'closed';

/** The clock of a game. All times are in milliseconds. */
export interface GameClock {
  readonly kind: 'suddenDeath' | 'increment' | 'delay' | 'eachMove';
  /** The time of a seat for all moves, or for each move. */
  readonly milliseconds: number;
  /** The increment or the delay of a move; missing for none. */
  readonly stepMilliseconds?: number;
}

/** A seat. A seat without `user` and `bot` is free. */
export interface GameSeat {
  /** The id of the member who holds the seat. */
  readonly user?: number;
  /** The nick of that member. */
  readonly nick?: string;
  /** The level of the bot that holds the seat. */
  readonly bot?: string;
  /** The connection of the member has dropped. */
  readonly away?: true;
  /** The member is ready to begin. */
  readonly ready?: true;
  /** The seat has to move. */
  readonly toMove?: true;
  /** The id of the user for whom the free seat is reserved. */
  readonly reservedFor?: number;
  /** The open offers of the seat. */
  readonly offers?: readonly GameOffer[];
  /**
   * The remaining time of the seat in milliseconds, at the beginning of its turn or while its clock is stopped; missing without a clock.
   * `Game.remaining` returns the current time.
   */
  readonly left?: number;
  /** The beginning of the turn by the server's clock, in milliseconds since 1970; missing while the seat's clock is stopped. */
  readonly since?: number;
}

/** The result of a game. */
export interface GameResult {
  /** The numbers of the winning seats; empty for a draw and for an aborted game. */
  readonly winners: readonly number[];
  /** A word for programs: `won`, `resigned`, `time`, `abandoned`, `agreed`, `claimed`, `aborted`, or a reason of the game itself. */
  readonly reason: string;
}

/** A room's game as one member may see it (docs/games.md, Views). */
export interface GameView<Board = unknown> {
  readonly phase: GamePhase;
  /** The number of the game in its room, from 1; 0 before the first game. */
  readonly game: number;
  /** The member's own seat; missing for a spectator. */
  readonly you?: number;
  /** The number of moves. */
  readonly moves: number;
  /** The seats, by their numbers. */
  readonly seats: readonly GameSeat[];
  /** The clock; missing for none. */
  readonly clock?: GameClock;
  /** The start position that the members have chosen; missing for the default of the game. */
  readonly setUp?: string;
  /** The result; missing before the game is over. */
  readonly result?: GameResult;
  /** The board as the member may see it; missing before the first game. */
  readonly board?: Board;
}

/** Whether a member or a bot holds a seat. */
export const isHeld = ({ user, bot }: GameSeat): boolean => user !== undefined || bot !== undefined;

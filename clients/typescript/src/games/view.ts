/** The offers that a seat can make. */
export type GameOffer = 'draw' | 'takeback' | 'rematch' | 'swap';

/** The phase of a room's game. `closed`: over for good, because no member holds a seat. */
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
  readonly nick?: string;
  /** The level of the bot that holds the seat. */
  readonly bot?: string;
  /** The connection of the member has dropped. */
  readonly away?: true;
  readonly ready?: true;
  /** The seat has to move. */
  readonly toMove?: true;
  /** The id of the user for whom the free seat is reserved. */
  readonly reservedFor?: number;
  /** The open offers of the seat. */
  readonly offers?: readonly GameOffer[];
  /** The remaining time at the beginning of the seat's turn in milliseconds; missing without a clock. `Game.remaining` returns the current one. */
  readonly left?: number;
  /** The beginning of the turn by the server's clock, in milliseconds since 1970; missing while the seat's clock is stopped. */
  readonly since?: number;
}

/** The result of a game. */
export interface GameResult {
  /** The numbers of the winning seats; empty for a draw and for an aborted game. */
  readonly winners: readonly number[];
  /** `won`, `resigned`, `time`, `abandoned`, `agreed`, `claimed`, `aborted`, or a reason of the game itself. */
  readonly reason: string;
}

/** A room's game as one member may see it (docs/games.md, What members see). */
export interface GameView<Board = unknown> {
  readonly phase: GamePhase;
  /** The number of the game in its room; 0 before the first. */
  readonly game: number;
  /** The member's own seat; missing for a spectator. */
  readonly you?: number;
  /** The number of moves. */
  readonly moves: number;
  readonly seats: readonly GameSeat[];
  readonly clock?: GameClock;
  /** The start position that the members have chosen. */
  readonly setUp?: string;
  /** Missing before the game is over. */
  readonly result?: GameResult;
  /** Missing before the first game. */
  readonly board?: Board;
}

/** Whether a member or a bot holds a seat. */
export const isHeld = ({ user, bot }: GameSeat): boolean => user !== undefined || bot !== undefined;

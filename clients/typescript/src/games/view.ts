/** What a seat can offer to the others. */
export type GameOffer = 'draw' | 'takeback' | 'rematch' | 'swap';

/** The phase of a room's game. `closed`: over for good, because no member holds a seat any more. */
export type GamePhase = 'open' | 'running' | 'over' | 'closed';

/** How the time of each seat runs. Milliseconds. */
export interface GameClock {
  readonly kind: 'suddenDeath' | 'increment' | 'delay' | 'eachMove';
  /** The time of a seat for all moves, or for each move. */
  readonly milliseconds: number;
  /** The increment or the delay of a move; missing for none. */
  readonly stepMilliseconds?: number;
}

/** A seat. Without `user` and `bot` nobody holds it. */
export interface GameSeat {
  /** The id of the member that holds the seat. */
  readonly user?: number;
  readonly nick?: string;
  /** The level of the bot that holds the seat. */
  readonly bot?: string;
  /** The connection of the member has dropped. */
  readonly away?: true;
  readonly ready?: true;
  /** The seat has to move. */
  readonly toMove?: true;
  /** The id of the user that the free seat is for. */
  readonly reservedFor?: number;
  /** What the seat has offered. */
  readonly offers?: readonly GameOffer[];
  /** Milliseconds that the seat had left when its turn began; missing without a clock. `Game.remaining` has those of now. */
  readonly left?: number;
  /** When the turn began, by the server's clock: milliseconds since 1970. Missing while the seat's clock stands still. */
  readonly since?: number;
}

/** How a game has ended. */
export interface GameResult {
  /** The seats that have won; none for a draw, and for a game that was aborted. */
  readonly winners: readonly number[];
  /** `won`, `resigned`, `time`, `abandoned`, `agreed`, `claimed`, `aborted`, or one of the game's own. */
  readonly reason: string;
}

/** A room's game as one member may see it (docs/games.md, What members see). */
export interface GameView<Board = unknown> {
  readonly phase: GamePhase;
  /** The number of the game in its room; 0 before the first. */
  readonly game: number;
  /** The member's own seat; missing for a spectator. */
  readonly you?: number;
  /** How many moves there were. */
  readonly moves: number;
  readonly seats: readonly GameSeat[];
  readonly clock?: GameClock;
  /** The position that was chosen to begin with. */
  readonly setUp?: string;
  /** Missing where no game has ended. */
  readonly result?: GameResult;
  /** Missing before the first game. */
  readonly board?: Board;
}

/** Whether a member or a bot holds a seat. */
export const isHeld = ({ user, bot }: GameSeat): boolean => user !== undefined || bot !== undefined;

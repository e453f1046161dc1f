/** The commands of games (docs/games.md, The wire). */
export const GameCommand = {
  /** From the client: an action. From the server: the member's view of the game. */
  Game: 64,
  /** Requests earlier boards. p1: the number of moves before the first of them. */
  Replay: 65,
  /** From the client: an action. From the server: the member's view of the lobby. */
  Matchmaking: 66,
} as const;

/** The range of these commands, for a client's option `accept`. */
export const gameCommands = [GameCommand.Game, GameCommand.Matchmaking] as const;

/** The codes with which a game refuses an action: `code` of a RequestError (docs/games.md, Refusals). */
export const GameErrorCode = {
  /** The member holds no seat. */
  NotSeated: -64,
  /** The seat is taken or reserved for another user, or no seat is free. */
  SeatTaken: -65,
  /** The member holds a seat already. */
  SeatedAlready: -66,
  /** It is not the turn of the member's seat. */
  OutOfTurn: -67,
  /** The move is illegal. */
  IllegalMove: -68,
  /** No game is running. */
  NotRunning: -69,
  /** The game is in another phase, or is over for good. */
  NotNow: -70,
  /** The time of the member's seat is up. */
  TimeIsUp: -71,
  /** The game has changed since the member's last view. */
  Stale: -72,
  /** The game does not support or allow the request. */
  NotAllowed: -73,
} as const;

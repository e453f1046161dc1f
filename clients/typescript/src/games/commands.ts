/** The commands of games (docs/games.md, The wire). */
export const GameCommand = {
  /** From the client an action, from the server what the member may see of the game. */
  Game: 64,
  /** Asks for earlier boards. p1: after how many moves the first one stands. */
  Replay: 65,
  /** From the client an action, from the server the open games and the member's own. */
  Matchmaking: 66,
} as const;

/** The range of these commands, for the option `accept` of a client. */
export const gameCommands = [GameCommand.Game, GameCommand.Matchmaking] as const;

/** Why a game refuses an action: the `code` of a RequestError (docs/games.md, Refusals). */
export const GameErrorCode = {
  /** The member holds no seat. */
  NotSeated: -64,
  /** The seat is held by, or reserved for, somebody else, or no seat is free. */
  SeatTaken: -65,
  /** The member holds a seat already. */
  SeatedAlready: -66,
  /** It is not the turn of the member's seat. */
  OutOfTurn: -67,
  /** The rules of the game do not allow the move. */
  IllegalMove: -68,
  /** No game is running. */
  NotRunning: -69,
  /** A game is running, or it is over for good. */
  NotNow: -70,
  /** The time of the member's seat is up. */
  TimeIsUp: -71,
  /** The game has moved on since the member has seen it. */
  Stale: -72,
  /** The game does not have, or not allow, what the member asks for. */
  NotAllowed: -73,
} as const;

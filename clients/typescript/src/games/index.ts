export type { GameChanges } from './changes.js';
export type { GameClient } from './client.js';
export { GameCommand, GameErrorCode, gameCommands } from './commands.js';
export { Game, type GameEvents, type GameSetUp } from './game.js';
export { Matchmaking, type MatchmakingEvents, type MatchmakingView, newRoom, type OpenGame } from './matchmaking.js';
export type { GameReplay } from './replay.js';
export { type GameClock, type GameOffer, type GamePhase, type GameResult, type GameSeat, type GameView, isHeld } from './view.js';

import { type GameClient, read } from './client.js';
import { GameCommand } from './commands.js';

/** A replay of a game. */
export interface GameReplay<Board = unknown> {
  /** The number of the game in its room. */
  readonly game: number;
  /** The boards as the member may see them: the first board, and one after each move. */
  readonly boards: readonly Board[];
  /** The finished game as a text for other programs; missing if the game is not over or has no such text. */
  readonly text?: string;
}

type Page<Board> = GameReplay<Board> & { readonly moves: number };

/**
 * Requests all pages of the room's latest game.
 * @param generation Returns a number that changes with each takeback, new game and change of the room.
 * After such a change, the received pages do not belong to the next ones, so the function requests all pages again.
 */
export async function replay<Board>(client: GameClient, generation: () => number): Promise<GameReplay<Board>> {
  let [boards, before]: [Board[], number] = [[], generation()];
  for (;;) {
    const { data } = await client.request({ command: GameCommand.Replay, p1: boards.length });
    const { game, moves, boards: more, text } = read<Page<Board>>(data);
    if (generation() !== before) {
      [boards, before] = [[], generation()];
      continue;
    }
    boards.push(...more);
    if (more.length === 0 || boards.length > moves) return { game, boards, ...(text !== undefined && { text }) };
  }
}

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
 * Requests all pages.
 * @param replaced Returns the number of takebacks and new games. If it changes meanwhile, the pages do not belong together, and are requested again.
 */
export async function replay<Board>(client: GameClient, replaced: () => number): Promise<GameReplay<Board>> {
  let [boards, before]: [Board[], number] = [[], replaced()];
  for (;;) {
    const { data } = await client.request({ command: GameCommand.Replay, p1: boards.length });
    const { game, moves, boards: more, text } = read<Page<Board>>(data);
    if (replaced() !== before) {
      [boards, before] = [[], replaced()];
      continue;
    }
    boards.push(...more);
    if (more.length === 0 || boards.length > moves) return { game, boards, ...(text !== undefined && { text }) };
  }
}

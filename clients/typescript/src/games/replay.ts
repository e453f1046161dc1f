import { type GameClient, read } from './client.js';
import { GameCommand } from './commands.js';

/** The boards of a game. */
export interface GameReplay<Board = unknown> {
  /** The number of the game in its room. */
  readonly game: number;
  /** The boards as the member may see them, from the one that the game began with. */
  readonly boards: readonly Board[];
  /** A game that is over as a text for other programs, where the game has one. */
  readonly text?: string;
}

type Page<Board> = GameReplay<Board> & { readonly moves: number };

/**
 * Asks for page after page.
 * @param replaced How often the game's boards have been replaced, by a takeback or another game. When that happens on the way, the pages do not fit together, and are asked for anew.
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

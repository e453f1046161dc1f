// Texts about the result of a game.

const sides = ['Black', 'White'];

/** Returns the title of a result for the viewer. */
export function titleOf({ winners, reason }, you) {
  if (reason === 'aborted') return 'Game aborted';
  if (winners.length === 0) return 'Draw';
  if (you === undefined) return `${sides[winners[0]]} wins`;
  return winners[0] === you ? 'You won' : 'You lost';
}

/** Returns the reason for the end of a game. */
export function reasonOf({ winners, reason }, names, you) {
  const loser = 1 - winners[0];
  const who = loser === you ? 'You' : names[loser] ?? sides[loser];
  const [has, is] = loser === you ? ['have', 'are'] : ['has', 'is'];
  switch (reason) {
    case 'won': return `${who} ${has} no move left.`;
    case 'resigned': return `${who} ${has} resigned.`;
    case 'time': return `${who} ${has} run out of time.`;
    case 'abandoned': return `${who} ${is} gone.`;
    case 'agreed': return 'Both players have agreed to a draw.';
    case 'claimed': return 'A position has occurred three times, or 40 moves have passed without progress.';
    case 'aborted': return 'The game does not count.';
    default: return '';
  }
}

/** Returns `won`, `lost` or `even`, for the colour of a result. */
export const toneOf = ({ winners }, you) => (winners.length === 0 || you === undefined ? 'even' : winners[0] === you ? 'won' : 'lost');

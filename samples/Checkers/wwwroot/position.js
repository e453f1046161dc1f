// Parses positions and moves of the server. The page itself has no rules.

/** The initial position. */
export const start = `B:W${range(21, 32)}:B${range(1, 12)}`;

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i).join();
}

/** The numbers of the squares, 1 to 32. */
export const squares = Array.from({ length: 32 }, (_, i) => i + 1);

/** Returns row and column of a square, from the top left with White at the bottom. */
export function placeOf(square) {
  const row = Math.floor((square - 1) / 4);
  return { row, column: 2 * ((square - 1) % 4) + (row % 2 === 0 ? 1 : 0) };
}

/** Returns the square at a row and a column; undefined for a light square or outside of the board. */
export function squareAt(row, column) {
  if (row < 0 || row > 7 || column < 0 || column > 7 || (row + column) % 2 === 0) return undefined;
  return row * 4 + Math.floor(column / 2) + 1;
}

/**
 * Parses a position such as `B:W18,24,K10:B12,K22`.
 * @returns `toMove`: 0 for Black, 1 for White. `pieces`: `{ side, king }` for each square.
 */
export function parse(fen) {
  const [turn, ...sides] = fen.split(':');
  const pieces = new Map();
  for (const part of sides) {
    const side = part[0] === 'B' ? 0 : 1;
    for (const item of part.slice(1).split(',').filter(Boolean)) {
      const king = item[0] === 'K';
      pieces.set(Number(king ? item.slice(1) : item), { side, king });
    }
  }
  return { toMove: turn === 'B' ? 0 : 1, pieces };
}

/** Returns the squares of a move such as `11-15` or `26x17x10`. */
export const pathOf = move => move.split(/[-x]/).map(Number);

export const isCapture = move => move.includes('x');

/** Returns the jumped squares of a path. */
export function captured(path) {
  const over = [];
  for (let i = 1; i < path.length; i++) {
    const [from, to] = [placeOf(path[i - 1]), placeOf(path[i])];
    if (Math.abs(from.row - to.row) === 2) over.push(squareAt((from.row + to.row) / 2, (from.column + to.column) / 2));
  }
  return over;
}

/** Returns the pieces after a path, which may be a part of a move. */
export function play(pieces, path) {
  const after = new Map(pieces);
  const piece = after.get(path[0]);
  after.delete(path[0]);
  for (const square of captured(path)) after.delete(square);
  const end = path.at(-1);
  const crowned = piece.side === 0 ? end > 28 : end < 5;
  after.set(end, crowned && !piece.king ? { ...piece, king: true } : piece);
  return after;
}

/** Returns the number of a side's pieces. */
export const count = (pieces, side) => [...pieces.values()].filter(piece => piece.side === side).length;

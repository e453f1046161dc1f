using Checkers.Draughts;

namespace TPacket.Checkers.Tests;

/// <summary>A second generator of legal moves, on a board of 8 x 8 squares: slow, and easy to compare with the text of the rules.</summary>
internal static class Rule
{
    /// <summary>Returns the legal moves in full notation, in any order.</summary>
    public static List<string> Moves(Position position)
    {
        var board = Board(position);
        var isBlack = position.ToMove == Side.Black;
        var captures = new List<string>();
        var steps = new List<string>();
        for (var row = 0; row < 8; row++)
        {
            for (var column = 0; column < 8; column++)
            {
                var piece = board[row, column];
                if (piece == '.' || char.ToLowerInvariant(piece) == 'b' != isBlack)
                    continue;
                board[row, column] = '.';
                Jump(board, piece, row, column, [Number(row, column)], captures);
                foreach (var (down, right) in Directions(piece))
                {
                    if (At(board, row + down, column + right) == '.')
                        steps.Add($"{Number(row, column)}-{Number(row + down, column + right)}");
                }

                board[row, column] = piece;
            }
        }

        return captures.Count > 0 ? captures : steps;
    }

    private static void Jump(char[,] board, char piece, int row, int column, List<int> path, List<string> captures)
    {
        var isOver = true;
        foreach (var (down, right) in Directions(piece))
        {
            var over = At(board, row + down, column + right);
            if (over is '.' or ' ' || char.ToLowerInvariant(over) == char.ToLowerInvariant(piece) || At(board, row + (2 * down), column + (2 * right)) != '.')
                continue;
            isOver = false;
            board[row + down, column + right] = '.';
            List<int> longer = [.. path, Number(row + (2 * down), column + (2 * right))];
            if (piece is 'b' or 'w' && row + (2 * down) is 0 or 7 && row + (2 * down) == (piece == 'b' ? 7 : 0))
                captures.Add(string.Join('x', longer));
            else
                Jump(board, piece, row + (2 * down), column + (2 * right), longer, captures);
            board[row + down, column + right] = over;
        }

        if (isOver && path.Count > 1)
            captures.Add(string.Join('x', path));
    }

    private static (int Down, int Right)[] Directions(char piece) => piece switch
    {
        'b' => [(1, 1), (1, -1)],
        'w' => [(-1, 1), (-1, -1)],
        _ => [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    };

    private static char At(char[,] board, int row, int column) => row is >= 0 and < 8 && column is >= 0 and < 8 ? board[row, column] : ' ';

    private static int Number(int row, int column) => (row * 4) + (column / 2) + 1;

    private static char[,] Board(Position position)
    {
        var board = new char[8, 8];
        for (var row = 0; row < 8; row++)
        {
            for (var column = 0; column < 8; column++)
            {
                var bit = 1u << (Number(row, column) - 1);
                var isDark = (row + column) % 2 == 1;
                var man = (position.Black & bit) != 0 ? 'b' : (position.White & bit) != 0 ? 'w' : '.';
                board[row, column] = !isDark ? ' ' : (position.Kings & bit) != 0 ? char.ToUpperInvariant(man) : man;
            }
        }

        return board;
    }
}

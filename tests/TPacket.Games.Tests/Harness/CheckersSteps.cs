using Checkers.Draughts;
using Checkers.Games;
using Checkers.Pdn;

namespace TPacket.Games.Tests.Harness;

/// <summary>Moves of checkers for tests.</summary>
internal static class CheckersSteps
{
    /// <summary>Whether a move captures nothing and leads to no position that the other side can capture in.</summary>
    public static bool IsFree(this CheckersGame game, CheckersBoard board, string text)
    {
        _ = game;
        Assert.Null(MoveNotation.Find(board.Position, text, out var move));
        return !move.IsCapture && MoveGenerator.Jumpers(board.Position.After(move)) == 0;
    }
}

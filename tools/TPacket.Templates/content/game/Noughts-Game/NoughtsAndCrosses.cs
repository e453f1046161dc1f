using System.Text.Json.Serialization;
using TPacket.Games;

namespace Noughts_Game;

/// <summary>The rules of noughts and crosses. A board is a text of nine squares, a move is the index of a square. Seat 0 plays X and moves first.</summary>
internal sealed class NoughtsAndCrosses() : GameRules<string, int>("noughts-and-crosses", version: 1, NoughtsJson.Default)
{
    private static readonly string[] _lines = ["012", "345", "678", "036", "147", "258", "048", "246"];

    protected override string Begin(GameStart start) => new(' ', 9);

    protected override bool IsToMove(string board, int seat) => board.Count(char.IsLetter) % 2 == seat;

    protected override Played<string> Play(string board, int seat, int square, GameRandom random)
    {
        if (square is < 0 or > 8 || board[square] != ' ')
            return Illegal("This square is not free.");
        return board[..square] + "XO"[seat] + board[(square + 1)..];
    }

    protected override GameResult? ResultOf(string board)
    {
        for (var seat = 0; seat < 2; seat++)
        {
            if (_lines.Any(line => line.All(square => board[square - '0'] == "XO"[seat])))
                return GameResult.Win(seat);
        }

        return board.Contains(' ') ? null : GameResult.Draw();
    }
}

[JsonSerializable(typeof(string)), JsonSerializable(typeof(int))]
internal sealed partial class NoughtsJson : JsonSerializerContext;

using Checkers.Games;

namespace TPacket.Games.Tests.Harness;

/// <summary>Two seats move in turn, and their moves are in the board. Bots think for as long as the test wants.</summary>
internal sealed class PonderousGame(Thought thought) : GameRules<string, string>("ponderous", 1, GamesJson.Default)
{
    public override IReadOnlyList<string> BotLevels => ["deep", "broken"];

    public override TimeSpan BotDelay => TimeSpan.Zero;

    protected internal override string Begin(GameStart start) => $"{start.Number}:";

    protected internal override bool IsToMove(string board, int seat) => (board.Length - board.IndexOf(':') - 1) % 2 == seat;

    protected internal override Played<string> Play(string board, int seat, string move, GameRandom random) => board + move;

    protected internal override string? Bot(string board, int seat, string level, GameRandom random)
    {
        thought.Think();
        return level == "deep" ? "b" : throw new InvalidOperationException("The bot has no idea.");
    }
}

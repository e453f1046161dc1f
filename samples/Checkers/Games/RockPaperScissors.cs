using TPacket.Games;

namespace Checkers.Games;

/// <summary>The rules of rock, paper, scissors, best of five. Both seats choose at the same time, and see each other's choice when both have chosen.</summary>
internal sealed class RockPaperScissors() : GameRules<Hands, string>("rock-paper-scissors", version: 1, GamesJson.Default)
{
    private const int WinsNeeded = 3;
    private const int MaxRounds = 50;

    // Each hand beats the hand before it.
    private static readonly string[] _hands = ["rock", "paper", "scissors"];

    public override GameClock? Clock => GameClock.EachMove(TimeSpan.FromSeconds(30));

    public override IReadOnlyList<string> BotLevels { get; } = ["random"];

    protected override Hands Begin(GameStart start) => new([null, null], [], [0, 0]);

    protected override bool IsToMove(Hands board, int seat) => board.Chosen[seat] is null;

    protected override Played<Hands> Play(Hands board, int seat, string move, GameRandom random)
    {
        if (!_hands.Contains(move))
            return Illegal("A hand is rock, paper or scissors.");
        var chosen = board.Chosen.SetItem(seat, move);
        if (chosen.Contains(null))
            return board with { Chosen = chosen };
        var wins = board.Wins;
        if (chosen[0] != chosen[1])
        {
            var winner = (Array.IndexOf(_hands, chosen[0]) + 1) % _hands.Length == Array.IndexOf(_hands, chosen[1]) ? 1 : 0;
            wins = wins.SetItem(winner, wins[winner] + 1);
        }

        return new Hands([null, null], board.Rounds.Add($"{chosen[0]} {chosen[1]}"), wins);
    }

    protected override GameResult? ResultOf(Hands board)
    {
        if (board.Wins.Contains(WinsNeeded))
            return GameResult.Win(board.Wins.IndexOf(WinsNeeded));
        return board.Rounds.Length == MaxRounds ? GameResult.Draw() : null;
    }

    protected override byte[] ViewOf(Hands board, int seat) =>
        Json(new HandsView(seat == Spectator ? null : board.Chosen[seat], [.. board.Chosen.Select(static hand => hand is not null)], [.. board.Rounds], [.. board.Wins]));

    protected override string? Bot(Hands board, int seat, string level, GameRandom random) => _hands[random.Next(_hands.Length)];
}

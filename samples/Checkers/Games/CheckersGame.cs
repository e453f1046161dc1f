using Checkers.Computer;
using Checkers.Draughts;
using Checkers.Pdn;
using TPacket.Games;

namespace Checkers.Games;

/// <summary>The rules of checkers. Seat 0 has the black pieces and moves first. A move is a text in PDN, such as <c>11-15</c> or <c>26x17x10</c>.</summary>
internal sealed class CheckersGame() : GameRules<CheckersBoard, string>("checkers", version: 1, GamesJson.Default)
{
    // A draw may be claimed after this many moves of each side without a capture or a move of a man, or after this many repetitions of a position.
    private const int QuietMoves = 40;
    private const int Repetitions = 3;
    private const int BotTableBits = 14;
    private const long BotPositions = 50_000;

    private static readonly string[] _levels = [.. Level.All.Select(static level => level.Name)];

    public override GameClock? Clock => GameClock.Increment(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));

    public override bool AllowsTakeback => true;

    public override IReadOnlyList<string> BotLevels => _levels;

    protected override CheckersBoard Begin(GameStart start) =>
        new(start.SetUp is { } fen && Fen.TryParse(fen, out var position, out _) ? position : Position.Start, [], null);

    protected override bool IsToMove(CheckersBoard board, int seat) => seat == (int)board.Position.ToMove;

    protected override Played<CheckersBoard> Play(CheckersBoard board, int seat, string move, GameRandom random)
    {
        var position = board.Position;
        if (MoveNotation.Find(position, move, out var found) is { } why)
            return Illegal(why);
        return new CheckersBoard(position.After(found), position.IsProgress(found) ? [] : board.Before.Add(position), found.ToString());
    }

    protected override GameResult? ResultOf(CheckersBoard board) => MovesOf(board).Length == 0 ? GameResult.Win(1 - (int)board.Position.ToMove) : null;

    protected override bool MayClaimDraw(CheckersBoard board, int seat) =>
        board.Before.Length >= 2 * QuietMoves || board.Before.Count(before => before == board.Position) >= Repetitions - 1;

    protected override string? CheckSetUp(string text) => Fen.TryParse(text, out _, out var error) ? null : error;

    protected override byte[] ViewOf(CheckersBoard board, int seat) =>
        Json(new CheckersView(board.Position.ToString(), [.. MovesOf(board).Select(static move => move.ToString())], board.Last, MayClaimDraw(board, seat)));

    protected override string? Bot(CheckersBoard board, int seat, string level, GameRandom random) =>
        new ComputerPlayer(Level.Find(level)!, random.Next(int.MaxValue), BotTableBits).Choose(board.Position, board.Before, nodes: BotPositions)?.ToString();

    protected override string? Export(GameState<CheckersBoard, string> game)
    {
        var moves = Replay(game).Select(static board => board.Last).OfType<string>();
        var result = game.Result switch { { Winners: 1 } => "1-0", { Winners: 2 } => "0-1", { IsDraw: true } => "1/2-1/2", _ => "*" };
        var setUp = game.SetUp is { } fen ? $"[SetUp \"1\"]\n[FEN \"{fen}\"]\n" : "";
        return $"[GameType \"21\"]\n[Result \"{result}\"]\n{setUp}{string.Join(' ', moves)} {result}\n";
    }

    /// <summary>Formats the game as PDN, with the names of its players.</summary>
    public string ToPdn(GameState<CheckersBoard, string> game, string black, string white) => $"[Black \"{Tag(black)}\"]\n[White \"{Tag(white)}\"]\n{Export(game)}";

    private static string Tag(string name) => name.Replace("\\", "", StringComparison.Ordinal).Replace('"', '\'');

    private static Move[] MovesOf(CheckersBoard board)
    {
        var moves = new Move[MoveGenerator.MaxMoves];
        return moves[..MoveGenerator.Generate(board.Position, moves)];
    }
}

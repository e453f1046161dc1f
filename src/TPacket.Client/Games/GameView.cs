using System.Collections.Immutable;
using TPacket.Games;

namespace TPacket.Client;

/// <summary>A room's game as one member may see it (docs/games.md). Immutable.</summary>
/// <typeparam name="TBoard">The type of the boards as members see them.</typeparam>
public sealed record GameView<TBoard>
    where TBoard : class
{
    internal GameView()
    {
    }

    /// <summary>The phase of the game.</summary>
    public GamePhase Phase { get; init; }

    /// <summary>The number of the game in its room, from 1; 0 before the first game.</summary>
    public int Game { get; init; }

    /// <summary>The number of the member's own seat; null for a spectator.</summary>
    public int? You { get; init; }

    /// <summary>The number of moves in the game.</summary>
    public int Moves { get; init; }

    /// <summary>The seats, by their numbers.</summary>
    public ImmutableArray<GameSeatView> Seats { get; init; } = [];

    /// <summary>The clock; null for none.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>The start position that the members have chosen; null for the default of the game.</summary>
    public string? SetUp { get; init; }

    /// <summary>The result; null before the game is over.</summary>
    public GameResultView? Result { get; init; }

    /// <summary>The board as the member may see it; null before the first game.</summary>
    public TBoard? Board { get; init; }
}

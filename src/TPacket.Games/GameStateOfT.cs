using System.Collections.Immutable;

namespace TPacket.Games;

/// <summary>The state of a game in a room. Immutable.</summary>
/// <typeparam name="TBoard">The type of the boards.</typeparam>
/// <typeparam name="TMove">The type of the moves.</typeparam>
public sealed record GameState<TBoard, TMove> : GameState
    where TBoard : class
    where TMove : notnull
{
    internal GameState()
    {
    }

    internal GameState(GameState state)
        : base(state)
    {
    }

    /// <summary>The board; null before the first game.</summary>
    public TBoard? Board { get; init; }

    /// <summary>The moves of the game, without taken-back moves.</summary>
    public ImmutableArray<PlayedMove<TMove>> Moves { get; init; } = [];
}

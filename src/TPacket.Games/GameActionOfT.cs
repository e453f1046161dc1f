using System.Diagnostics.CodeAnalysis;

namespace TPacket.Games;

/// <summary>An action in a game: a request of a member, and in the log what has happened.</summary>
/// <typeparam name="TMove">The type of the moves.</typeparam>
public sealed record GameAction<TMove> : GameAction
    where TMove : notnull
{
    /// <summary>An action without a verb yet.</summary>
    public GameAction()
    {
    }

    [SetsRequiredMembers]
    internal GameAction(GameAction action, TMove? move)
        : base(action) => Move = move;

    /// <summary>The move.</summary>
    public TMove? Move { get; init; }
}

using System.Diagnostics.CodeAnalysis;

namespace TPacket.Games;

/// <summary>An action in a game: the command of a member, and the event in the log that follows from it. Immutable.</summary>
/// <typeparam name="TMove">The type of the moves.</typeparam>
public sealed record GameAction<TMove> : GameAction
    where TMove : notnull
{
    /// <summary>Creates an action, with its verb in the initializer.</summary>
    public GameAction()
    {
    }

    [SetsRequiredMembers]
    internal GameAction(GameAction action, TMove? move)
        : base(action) => Move = move;

    /// <summary>The move.</summary>
    public TMove? Move { get; init; }
}

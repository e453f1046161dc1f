namespace TPacket.Server;

/// <summary>
/// A long computation, such as a search for a move, that rules need before they decide (<see cref="RoomRules{TState, TCommand, TEvent}.WorkOf"/>).
/// The server runs it on a dedicated thread, outside the turn of the room, so that the room stays responsive.
/// </summary>
/// <param name="Key">
/// Identifies the computation: work with equal keys has equal results. While the room is open, the server runs work of the same key only once.
/// </param>
/// <param name="Run">
/// Computes the result: a pure function of the state for which the work was created.
/// It may take long. The server handles its exception like an exception of <c>Wake</c>.
/// </param>
public sealed record RulesWork(object Key, Func<object?> Run)
{
    /// <summary>The time at which the rules are woken even if the work has not completed, such as the end of a player's time; null for never.</summary>
    public DateTimeOffset? Until { get; init; }
}

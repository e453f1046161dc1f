namespace TPacket.Server;

/// <summary>
/// A computation that takes long, such as a search for a move, and that rules need before they decide (<see cref="RoomRules{TState, TCommand, TEvent}.WorkOf"/>). The server runs it on a thread of its own, outside the turn of the room: members act, come, go
/// and speak meanwhile.
/// </summary>
/// <param name="Key">Names the computation: work whose keys are equal has equal results. The server runs work of one key once for as long as the room stays open.</param>
/// <param name="Run">Computes the result. A pure function of the state that it was made for.</param>
public sealed record RulesWork(object Key, Func<object?> Run)
{
    /// <summary>When the rules want to be woken although the work has not completed, as where the time of a player is up; null for never.</summary>
    public DateTimeOffset? Until { get; init; }
}

namespace TPacket.Server.Sessions;

/// <summary>The calls of a user's connection that the store has not answered when the user goes on to the next connection.</summary>
/// <param name="Departure">Completes when the logs of the rooms that the user has left have it no more.</param>
/// <param name="Uid">The uid of the packet of which it is unknown whether it was appended; 0 for none.</param>
/// <param name="Room">The name of the room that the packet was for.</param>
internal sealed record Unsettled(Task Departure, int Uid, string? Room)
{
    public static Unsettled Nothing { get; } = new(Task.CompletedTask, 0, null);

    /// <summary>What a connection leaves behind.</summary>
    public static Unsettled Of(Session session) =>
        session.Departure.IsCompleted && session.UnknownUid == 0 ? Nothing : new Unsettled(session.Departure, session.UnknownUid, session.UnknownRoom);
}

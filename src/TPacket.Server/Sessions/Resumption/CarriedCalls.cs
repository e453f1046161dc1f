using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>The pending calls of a connection that pass to the user's next connection.</summary>
/// <param name="Leave">Completes when the log of every room that the user has left contains the leave.</param>
/// <param name="Append">The packet with an unknown outcome; null for none.</param>
internal sealed record CarriedCalls(Task Leave, UnknownAppend? Append)
{
    public static CarriedCalls None { get; } = new(Task.CompletedTask, null);

    /// <summary>Returns the calls that a connection leaves pending.</summary>
    public static CarriedCalls Of(Session session) =>
        session.Pending.Leave.IsCompleted && session.Pending.Append is null ? None : new CarriedCalls(session.Pending.Leave, session.Pending.Append);
}

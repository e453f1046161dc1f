namespace TPacket.Server;

/// <summary>The outcome of an append. Only <see cref="Appended"/> changes the log.</summary>
public enum AppendStatus
{
    /// <summary>The events are in the log. This call has appended them, or an earlier call of the same request.</summary>
    Appended,

    /// <summary>An event was appended to the log, or to a stream of the condition, after the required position.</summary>
    Conflict,

    /// <summary>The store's time is outside the limits of the condition.</summary>
    OutOfTime,

    /// <summary>The author is not a member, or has another session or generation; or, for a join, a member with its id is already in the room.</summary>
    Fenced,

    /// <summary>The author has already used the request id for other events.</summary>
    RequestReused,

    /// <summary>The request id is older than the requests that the log remembers.</summary>
    RequestTooOld,

    /// <summary>
    /// The log does not remember a request that was looked up without events, or has no
    /// message or announcement at the offset of a <see cref="RoomEventKind.Deletion"/>.
    /// </summary>
    NotFound,

    /// <summary>The room is not open on this server, or the client is not in a room.</summary>
    Closed,

    /// <summary>
    /// The engine has not called the store: the client's packet has no positive uid,
    /// or it is unknown whether an earlier packet was appended. Stores do not return this value.
    /// </summary>
    Refused,

    /// <summary>The room already has <see cref="AppendCondition.MaxMembers"/> members.</summary>
    Full,
}

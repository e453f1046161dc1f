namespace TPacket.Server;

/// <summary>How an append ended. Only <see cref="Appended"/> has changed the log.</summary>
public enum AppendStatus
{
    /// <summary>The events are in the log, appended now or when the same request was made before.</summary>
    Appended,

    /// <summary>A stream of the condition, or the log, has moved.</summary>
    Conflict,

    /// <summary>The store's time is before or after the condition's bounds.</summary>
    OutOfTime,

    /// <summary>The author is not a member, or its session has another generation, or a member of that id is there already.</summary>
    Fenced,

    /// <summary>The author has used the request id for other events.</summary>
    RequestReused,

    /// <summary>The request id is older than those that the log remembers.</summary>
    RequestTooOld,

    /// <summary>There were no events to append, and the log does not remember the request; or the log has no message or announcement at the offset of a <see cref="RoomEventKind.Deletion"/>.</summary>
    NotFound,

    /// <summary>The room is not open on this server, or the client is in no room.</summary>
    Closed,

    /// <summary>The engine did not ask the store: the client's packet has no positive uid, or it is unknown whether an earlier one was appended. No store answers this.</summary>
    Refused,

    /// <summary>The room has <see cref="AppendCondition.MaxMembers"/> already.</summary>
    Full,
}

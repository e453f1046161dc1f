using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Sessions;

/// <summary>The calls of stores that a session has begun and whose outcome it does not know yet. A field that is never copied.</summary>
internal struct PendingCalls()
{
    /// <summary>Completes when the log of every room that the user has left contains the leave.</summary>
    public Task Departure
    {
        readonly get;
        set => field = field.IsCompleted ? value : Task.WhenAll(field, value);
    } = Task.CompletedTask;

    /// <summary>Completes when the user's last change of nick is in the log, or is known not to be.</summary>
    public Task Rename = Task.CompletedTask;

    /// <summary>Completes when the store has ended the record of a SESSION whose outcome is unknown; null for none.</summary>
    public Task? RecordEnd;

    /// <summary>The packet of which it is unknown whether it was appended; null for none.</summary>
    public UnknownAppend? Append;
}

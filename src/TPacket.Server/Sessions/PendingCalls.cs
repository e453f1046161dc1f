using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Sessions;

/// <summary>The calls of stores with an outcome that the session does not know yet. A field that is never copied.</summary>
internal struct PendingCalls()
{
    /// <summary>Completes when the log of every room that the user has left contains the leave.</summary>
    public Task Leave
    {
        readonly get;
        set => field = field.IsCompleted ? value : Task.WhenAll(field, value);
    } = Task.CompletedTask;

    /// <summary>Completes when the outcome of the user's last change of nick is known.</summary>
    public Task Rename = Task.CompletedTask;

    /// <summary>Completes when the store has ended the record that a SESSION with an unknown outcome may have added; null for none.</summary>
    public Task? RecordEnd;

    /// <summary>The packet with an unknown outcome; null for none.</summary>
    public UnknownAppend? Append;
}

namespace TPacket.Server;

/// <summary>The result of an append.</summary>
/// <param name="Status">Whether the events were appended, or the reason why not.</param>
/// <param name="Position">
/// The position after the last appended event; after the log's last event if nothing was appended;
/// the default value for <see cref="AppendStatus.Closed"/> and <see cref="AppendStatus.Refused"/>.
/// </param>
/// <param name="Time">The time of the appended events in milliseconds since the Unix epoch; 0 if nothing was appended.</param>
/// <param name="IsRepeated">Whether an earlier call has appended the events, so that this call has appended nothing.</param>
public readonly record struct AppendResult(AppendStatus Status, RoomPosition Position, long Time = 0, bool IsRepeated = false)
{
    /// <summary>Whether the events are in the log.</summary>
    public bool IsAppended => Status == AppendStatus.Appended;
}

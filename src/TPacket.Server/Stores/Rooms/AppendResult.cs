namespace TPacket.Server;

/// <summary>What became of an append.</summary>
/// <param name="Status">Whether the events are in the log, or why they are not.</param>
/// <param name="Position">Behind the last of the appended events; behind the log's last event where nothing was appended.</param>
/// <param name="Time">The time of the appended events in milliseconds since the Unix epoch; 0 where nothing was appended.</param>
/// <param name="IsRepeated">Whether the request had been appended before, so that nothing was appended now.</param>
public readonly record struct AppendResult(AppendStatus Status, RoomPosition Position, long Time = 0, bool IsRepeated = false)
{
    /// <summary>Whether the events are in the log.</summary>
    public bool IsAppended => Status == AppendStatus.Appended;
}

namespace TPacket.Server.Rooms;

/// <summary>A subscriber that ignores the log, for callers that only append.</summary>
internal sealed class SilentSubscriber : IRoomSubscriber
{
    public static SilentSubscriber Instance { get; } = new();

    public void OnReset(RoomSnapshot snapshot)
    {
    }

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
    }

    public void OnLost(Exception cause)
    {
    }
}

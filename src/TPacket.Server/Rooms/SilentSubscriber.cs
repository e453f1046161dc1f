namespace TPacket.Server.Rooms;

/// <summary>Opens a log to append to it, and wants to know nothing of it.</summary>
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

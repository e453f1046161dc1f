namespace TPacket.Server;

/// <summary>Is told of a room's events.</summary>
public interface IRoomSubscriber
{
    /// <summary>The next event of the log. Does not block and does not call back into the store.</summary>
    /// <param name="roomEvent">Its data is valid until the call returns.</param>
    void OnEvent(in RoomEvent roomEvent);
}

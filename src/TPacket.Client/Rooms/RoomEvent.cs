namespace TPacket.Client;

/// <summary>What happens in the room, in the order that all of its members see.</summary>
public abstract record RoomEvent
{
    private protected RoomEvent()
    {
    }
}

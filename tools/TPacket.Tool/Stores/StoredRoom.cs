namespace TPacket.Tool.Stores;

/// <summary>A room in a list.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="Members">The number of the room's members.</param>
/// <param name="LastOffset">The offset of the room's last event; -1 if the room has no event; null if the list has no offsets.</param>
/// <param name="LastTime">The time of the room's last event; null if the room has no event or the list has no times.</param>
internal sealed record StoredRoom(string Name, long Members, long? LastOffset = null, DateTimeOffset? LastTime = null);

namespace TPacket.Tool.Stores;

/// <summary>A room in a list.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="Members">The number of its members.</param>
/// <param name="LastOffset">The offset of its last event; -1 if it has none; null if the list has no offsets.</param>
/// <param name="LastTime">The time of its last event; null if it has none or the list has no times.</param>
internal sealed record StoredRoom(string Name, long Members, long? LastOffset = null, DateTimeOffset? LastTime = null);

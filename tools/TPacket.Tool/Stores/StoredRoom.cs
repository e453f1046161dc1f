namespace TPacket.Tool.Stores;

/// <summary>A room of a list.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="LastOffset">The offset of its last event, -1 where it has none; null where the list does not say.</param>
/// <param name="LastTime">When its last event was appended; null where there is none, or the list does not say.</param>
internal sealed record StoredRoom(string Name, long Members, long? LastOffset = null, DateTimeOffset? LastTime = null);

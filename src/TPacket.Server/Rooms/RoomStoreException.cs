namespace TPacket.Server.Rooms;

/// <summary>A room's store failed; the cause is inside.</summary>
internal sealed class RoomStoreException(string room, Exception cause) : Exception($"The store of room '{room}' failed.", cause);

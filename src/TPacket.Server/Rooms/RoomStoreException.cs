using TPacket.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>A room's store failed; the cause is inside. The log writes an exception's message as it is, so the room's name, which a peer has chosen, is escaped.</summary>
internal sealed class RoomStoreException(string room, Exception cause) : Exception($"The store of room '{Printable.Escape(room)}' failed.", cause);

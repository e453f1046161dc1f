using TPacket.Diagnostics;

namespace TPacket.Server;

/// <summary>Thrown when a user is to enter a room that has as many members as it may have (<see cref="IRoom.MaxMembers"/>). The user is where it was before.</summary>
/// <param name="room">The name of the room.</param>
public sealed class RoomFullException(string room) : RoomStoreException($"Room '{Printable.Escape(room)}' is full.", isOutcomeUnknown: false);

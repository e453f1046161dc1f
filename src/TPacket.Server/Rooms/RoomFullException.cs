using TPacket.Diagnostics;

namespace TPacket.Server;

/// <summary>Thrown when a user tries to enter a room that is full (<see cref="IRoom.MaxMembers"/>). The user stays in its current room.</summary>
/// <param name="room">The name of the room.</param>
public sealed class RoomFullException(string room) : RoomStoreException($"Room '{Printable.Escape(room)}' is full.", isOutcomeUnknown: false);

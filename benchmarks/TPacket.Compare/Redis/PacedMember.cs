namespace TPacket.Compare.Redis;

/// <summary>A member of a room under a paced load.</summary>
/// <param name="Index">The member's number in the load.</param>
/// <param name="Nick">The member's nick.</param>
/// <param name="Room">The member's room.</param>
/// <param name="Members">The number of the room's members.</param>
internal sealed record PacedMember(int Index, string Nick, string Room, int Members);

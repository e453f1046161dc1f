namespace TPacket.Compare.Redis;

/// <summary>A member of a room under an even load.</summary>
/// <param name="Index">Its number in the load.</param>
/// <param name="Nick">Its nick.</param>
/// <param name="Room">Its room.</param>
/// <param name="Members">How many members the room has.</param>
internal sealed record PacedMember(int Index, string Nick, string Room, int Members);

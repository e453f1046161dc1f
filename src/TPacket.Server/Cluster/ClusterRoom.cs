namespace TPacket.Server;

/// <summary>A room that is open on some server, as it was when the servers were asked.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="MemberCount">How many members the room has on all servers, those away included.</param>
public sealed record ClusterRoom(string Name, int MemberCount);

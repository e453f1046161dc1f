namespace TPacket.Server;

/// <summary>A room that is open on at least one server, at the time of the query.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="MemberCount">The number of members on all servers, including members that are away.</param>
public sealed record ClusterRoom(string Name, int MemberCount);

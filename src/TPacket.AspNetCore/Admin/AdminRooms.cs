using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms, by their names.</param>
/// <param name="HasMore">Whether more rooms may follow.</param>
internal sealed record AdminRooms(IReadOnlyList<ClusterRoom> Rooms, bool HasMore);

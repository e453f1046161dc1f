using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms, in the order of names.</param>
/// <param name="HasMore">Whether there may be another page.</param>
internal sealed record AdminRooms(IReadOnlyList<ClusterRoom> Rooms, bool HasMore);

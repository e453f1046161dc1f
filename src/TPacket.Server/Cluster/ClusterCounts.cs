namespace TPacket.Server;

/// <summary>
/// Counts over all servers. The servers count at different moments, so a user that moves between servers meanwhile can be counted twice or not at all.
/// </summary>
/// <param name="Servers">The number of servers, including this one.</param>
/// <param name="Users">The number of users with a nick, including users that are away.</param>
/// <param name="Rooms">The number of rooms with at least one member.</param>
public sealed record ClusterCounts(int Servers, int Users, int Rooms);

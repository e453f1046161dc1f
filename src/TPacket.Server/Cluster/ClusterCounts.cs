namespace TPacket.Server;

/// <summary>How many there are on all servers. The servers count one after the other, so a user that moves meanwhile can be counted twice or not at all.</summary>
/// <param name="Servers">Servers, this one included.</param>
/// <param name="Users">Users with a nick, those away included.</param>
/// <param name="Rooms">Rooms with at least one member.</param>
public sealed record ClusterCounts(int Servers, int Users, int Rooms);

using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>The status of all servers.</summary>
/// <param name="Users">The number of users with a nick, including users that are away.</param>
/// <param name="Rooms">The number of rooms with members.</param>
/// <param name="Servers">The servers; first the server that answers the request.</param>
internal sealed record AdminServers(int Users, int Rooms, IReadOnlyList<ClusterServer> Servers);

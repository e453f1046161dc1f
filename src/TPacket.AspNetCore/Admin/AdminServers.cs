using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>All servers.</summary>
/// <param name="Users">Users with a nick, those away included.</param>
/// <param name="Rooms">Rooms with members, each counted once.</param>
/// <param name="Servers">The servers, the one that answers first.</param>
internal sealed record AdminServers(int Users, int Rooms, IReadOnlyList<ClusterServer> Servers);

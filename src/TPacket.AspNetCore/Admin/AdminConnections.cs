using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>A page of connections.</summary>
/// <param name="Connections">The connections, by the ids of their users.</param>
/// <param name="HasMore">Whether more connections may follow.</param>
internal sealed record AdminConnections(IReadOnlyList<ClusterConnection> Connections, bool HasMore);

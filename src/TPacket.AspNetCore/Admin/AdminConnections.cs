using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>A page of connections.</summary>
/// <param name="Connections">The connections, in the order of user ids.</param>
/// <param name="HasMore">Whether there may be another page.</param>
internal sealed record AdminConnections(IReadOnlyList<ClusterConnection> Connections, bool HasMore);

using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>A registered filter, created with the server.</summary>
internal sealed record FilterRegistration(bool Inline, Func<ServerParts, IPacketFilter> Create);

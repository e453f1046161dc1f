using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server;

/// <summary>Extends a tPacket server. Returned by <c>AddTPacketServer</c>.</summary>
public interface ITPacketServerBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}

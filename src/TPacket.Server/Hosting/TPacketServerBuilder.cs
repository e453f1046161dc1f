using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Hosting;

internal sealed class TPacketServerBuilder(IServiceCollection services) : ITPacketServerBuilder
{
    public IServiceCollection Services => services;
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Options;

/// <summary>Binds the options to their configuration section, in hosts that have a configuration.</summary>
internal sealed class TPacketServerOptionsSetup(IServiceProvider services) : IConfigureOptions<TPacketServerOptions>
{
    public void Configure(TPacketServerOptions options) =>
        services.GetService<IConfiguration>()?.GetSection(TPacketServerOptions.SectionName).Bind(options);
}

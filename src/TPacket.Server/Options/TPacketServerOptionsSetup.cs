using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Options;

/// <summary>Binds the options to their configuration section, in hosts that have a configuration.</summary>
internal sealed class TPacketServerOptionsSetup(IServiceProvider services) : IConfigureOptions<TPacketServerOptions>
{
    public void Configure(TPacketServerOptions options)
    {
        try
        {
            services.GetService<IConfiguration>()?.GetSection(TPacketServerOptions.SectionName).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // A value that cannot be read is as wrong as one out of range: the host is told in the same way. The binder's message names the setting.
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(TPacketServerOptions), [e.Message]);
        }
    }
}

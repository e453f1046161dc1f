using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Options;

/// <summary>Binds the options to the configuration section, if the host has a configuration.</summary>
internal sealed class TPacketServerOptionsSetup(IServiceProvider services) : IConfigureOptions<TPacketServerOptions>
{
    // The sections of TPacket.Sqlite and TPacket.Redis, which a configuration may have even if the host does not use the package.
    private static readonly string[] _packages = ["Sqlite", "Redis"];

    public void Configure(TPacketServerOptions options)
    {
        try
        {
            var others = services.GetServices<SettingsSectionName>().Select(static section => section.Name).Concat(_packages);
            if (TPacketSettings.Open<TPacketServerOptions>(services, TPacketServerOptions.SectionName, others) is { } section)
                section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // A value that cannot be parsed is reported like a value out of range. The binder's message names the setting.
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(TPacketServerOptions), [e.Message]);
        }
    }
}

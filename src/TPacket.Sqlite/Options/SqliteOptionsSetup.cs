using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Sqlite.Options;

/// <summary>Binds the options to their configuration section if the host has a configuration.</summary>
internal sealed class SqliteOptionsSetup(IServiceProvider services) : IConfigureOptions<SqliteOptions>
{
    public void Configure(SqliteOptions options)
    {
        try
        {
            if (TPacketSettings.Open<SqliteOptions>(services, SqliteOptions.SectionName) is { } section)
                section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // A value that cannot be parsed is a validation failure, like a value out of range. The binder's message names the setting.
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(SqliteOptions), [e.Message]);
        }
    }
}

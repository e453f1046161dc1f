using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server.Options;

namespace TPacket.Server;

/// <summary>
/// Reads sections of the configuration as the server reads its own: a name that is no setting ends the start, a number for a time is seconds, and a text for a list has its values with commas between. For packages and
/// applications that have options of their own below <c>TPacket</c>; <see cref="TPacketServerBuilderExtensions.AddSettingsSection"/> tells the server that such a section exists.
/// </summary>
public static class TPacketSettings
{
    /// <summary>Opens a section for the configuration binder, and checks the names in it.</summary>
    /// <typeparam name="TOptions">The class of options. Its public properties are the settings.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="path">The section, such as <c>TPacket:Games</c>.</param>
    /// <returns>The section; null in a host without configuration.</returns>
    /// <exception cref="OptionsValidationException">The section has names that are no setting. Each message has the full path, and that of the nearest setting.</exception>
    public static IConfigurationSection? Open<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(IServiceProvider services, string path)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        return Open<TOptions>(services, path, []);
    }

    internal static IConfigurationSection? Open<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(IServiceProvider services, string path, IEnumerable<string> sections)
        where TOptions : class
    {
        if (services.GetService<IConfiguration>()?.GetSection(path) is not { } section)
            return null;
        var schema = new SettingsSchema(typeof(TOptions));
        foreach (var name in sections)
            schema.AddSection(name);
        var failures = new List<string>();
        SettingNames.Check(section, schema, failures);
        if (failures.Count > 0)
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(TOptions), failures);
        return new SettingsSection(section, SettingKind.Section, schema);
    }
}

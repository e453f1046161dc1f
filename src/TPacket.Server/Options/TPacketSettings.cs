using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server.Options;

namespace TPacket.Server;

/// <summary>
/// Opens configuration sections with the server's rules: an unknown name prevents the start, a time span can be a number
/// of seconds, and a list can be comma-separated text. For packages and applications with options below <c>TPacket</c>;
/// register such a section with <see cref="TPacketServerBuilderExtensions.AddSettingsSection"/>.
/// </summary>
public static class TPacketSettings
{
    /// <summary>Opens a section for the configuration binder, and validates its names.</summary>
    /// <typeparam name="TOptions">The class of options. Its public properties are the settings.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="path">The path of the section, such as <c>TPacket:Games</c>.</param>
    /// <returns>The section; null if the host has no configuration.</returns>
    /// <exception cref="OptionsValidationException">
    /// The section has unknown names. Each message contains the full path of the name and of the most similar setting.
    /// </exception>
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

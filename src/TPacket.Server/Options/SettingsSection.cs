using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace TPacket.Server.Options;

/// <summary>A configuration section for the binder, in which a time span can be a number of seconds, and a list can be comma-separated text.</summary>
internal sealed class SettingsSection(IConfigurationSection section, SettingKind kind, SettingsSchema? schema) : IConfigurationSection
{
    public string Key => section.Key;

    public string Path => section.Path;

    public string? Value
    {
        get => kind == SettingKind.Time ? TimeOf(section.Value) : section.Value;
        set => section.Value = value;
    }

    public string? this[string key]
    {
        get => GetSection(key).Value;
        set => section[key] = value;
    }

    public IConfigurationSection GetSection(string key)
    {
        var child = section.GetSection(key);
        // The keys of a list are indexes. Its objects have the schema of the list.
        if (kind == SettingKind.Objects)
            return new SettingsSection(child, SettingKind.Section, schema);
        return schema is not null && schema.TryFind(key, out var found) ? new SettingsSection(child, found, schema.ObjectsOf(key)) : child;
    }

    public IEnumerable<IConfigurationSection> GetChildren() => kind == SettingKind.List && section.Value is { Length: > 0 } text
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Element)
        : section.GetChildren().Select(child => GetSection(child.Key));

    public IChangeToken GetReloadToken() => section.GetReloadToken();

    private static string? TimeOf(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) <= long.MaxValue / TimeSpan.TicksPerSecond
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond)).ToString("c", CultureInfo.InvariantCulture)
            : text;

    private ListElement Element(string value, int index) => new(section, index.ToString(CultureInfo.InvariantCulture), value);
}

using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server.Options;

/// <summary>The names that a section of the configuration may have.</summary>
internal sealed class SettingsSchema
{
    private readonly Dictionary<string, SettingKind> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SettingsSchema> _objects = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of the properties of a class of options.</summary>
    public SettingsSchema([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options)
    {
        foreach (var property in options.GetProperties())
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type == typeof(IList<TPacketEndpointOptions>))
                _objects.Add(property.Name, new SettingsSchema(typeof(TPacketEndpointOptions)));
            _settings.Add(property.Name, KindOf(type));
        }
    }

    public IEnumerable<string> Names => _settings.Keys;

    public bool TryFind(string name, out SettingKind kind) => _settings.TryGetValue(name, out kind);

    /// <summary>The names that each object in a list may have; null where they are not known.</summary>
    public SettingsSchema? ObjectsOf(string name) => _objects.GetValueOrDefault(name);

    /// <summary>Another part of the host reads the section of this name.</summary>
    public void AddSection(string name) => _settings.TryAdd(name, SettingKind.Section);

    private static SettingKind KindOf(Type type)
    {
        if (type == typeof(TimeSpan))
            return SettingKind.Time;
        if (type == typeof(IList<TPacketEndpointOptions>))
            return SettingKind.Objects;
        if (type == typeof(IList<string>))
            return SettingKind.List;
        return type.IsValueType || type == typeof(string) ? SettingKind.Value : SettingKind.Section;
    }
}

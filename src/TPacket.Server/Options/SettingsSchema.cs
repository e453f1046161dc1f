using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server.Options;

/// <summary>The names of the settings in a section of the configuration.</summary>
internal sealed class SettingsSchema
{
    private readonly Dictionary<string, SettingKind> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SettingsSchema> _objects = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates the schema of a class of options from its public properties.</summary>
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

    /// <summary>Returns the schema of the objects in a list; null if the setting has none.</summary>
    public SettingsSchema? ObjectsOf(string name) => _objects.GetValueOrDefault(name);

    /// <summary>Adds a section that another component reads.</summary>
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

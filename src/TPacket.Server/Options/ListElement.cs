using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace TPacket.Server.Options;

/// <summary>An element of a list that the configuration has as comma-separated text.</summary>
internal sealed class ListElement(IConfigurationSection list, string key, string value) : IConfigurationSection
{
    public string Key => key;

    public string Path => ConfigurationPath.Combine(list.Path, key);

    public string? Value
    {
        get => value;
        set => throw new NotSupportedException();
    }

    public string? this[string key]
    {
        get => null;
        set => throw new NotSupportedException();
    }

    public IConfigurationSection GetSection(string key) => new ListElement(list, key, "");

    public IEnumerable<IConfigurationSection> GetChildren() => [];

    public IChangeToken GetReloadToken() => list.GetReloadToken();
}

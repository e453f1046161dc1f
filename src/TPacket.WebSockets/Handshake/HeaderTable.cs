namespace TPacket.WebSockets.Handshake;

/// <summary>The header lines of a head, in their order. Immutable.</summary>
internal sealed class HeaderTable(string head, HeaderLine[] lines)
{
    public IEnumerable<KeyValuePair<string, string>> All
    {
        get
        {
            foreach (var line in lines)
                yield return new KeyValuePair<string, string>(head[line.Name], head[line.Value]);
        }
    }

    /// <summary>The value of a header; of a repeated one, the values joined with a comma; null where there is none.</summary>
    public string? Find(string name)
    {
        string? joined = null;
        foreach (var line in lines)
        {
            if (head.AsSpan(line.Name).Equals(name, StringComparison.OrdinalIgnoreCase))
                joined = joined is null ? head[line.Value] : $"{joined}, {head[line.Value]}";
        }

        return joined;
    }
}

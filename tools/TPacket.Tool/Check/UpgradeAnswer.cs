namespace TPacket.Tool.Check;

/// <summary>The head of the response to the upgrade request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">The reason phrase.</param>
/// <param name="Headers">The headers. Names are case-insensitive; values of repeated headers are joined by commas.</param>
internal sealed record UpgradeAnswer(int Status, string Reason, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Returns a header's value; empty if the header is missing.</summary>
    public string this[string name] => Headers.GetValueOrDefault(name, "");

    /// <summary>Parses a head without its empty line.</summary>
    /// <returns>Null if the head is not HTTP/1.1.</returns>
    public static UpgradeAnswer? Parse(string head)
    {
        var lines = head.Split("\r\n");
        var status = lines[0].Split(' ', 3);
        if (!status[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || status.Length < 2 || !int.TryParse(status[1], out var code))
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
                return null;
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        return new UpgradeAnswer(code, status.Length == 3 ? status[2] : "", headers);
    }
}

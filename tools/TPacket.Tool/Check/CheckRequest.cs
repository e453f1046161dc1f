namespace TPacket.Tool.Check;

/// <summary>The arguments of a check.</summary>
/// <param name="Address">The address of the server, ws: or wss:.</param>
/// <param name="Nick">The nick to sign in with.</param>
/// <param name="MagicString">The data of the first packet.</param>
internal sealed record CheckRequest(Uri Address, string Nick, string MagicString)
{
    /// <summary>The origin of a web page; null for a client other than a browser.</summary>
    public string? Origin { get; init; }

    /// <summary>Additional headers of the upgrade request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The deadline of each step.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

namespace TPacket.Client;

/// <summary>The target of one attempt to connect.</summary>
/// <param name="Address">The server's address: ws:, wss:, http: or https:.</param>
public sealed record ConnectTarget(Uri Address)
{
    /// <summary>Header lines that are sent after those of the client's options, such as <c>Authorization</c> with a fresh token. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Subprotocols that the client offers instead of those in its options. Default: null, those in the options.</summary>
    public IReadOnlyList<string>? Subprotocols { get; init; }
}

namespace TPacket.Client;

/// <summary>The target of one attempt to connect.</summary>
/// <param name="Address">The server's address: ws:, wss:, http: or https:.</param>
public sealed record ConnectTarget(Uri Address)
{
    /// <summary>
    /// Header lines of the upgrade request, after the header lines of the client's options; such as <c>Authorization</c> with a fresh token. Default: none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The subprotocols that the client offers; null for the subprotocols of its options. Default: null.</summary>
    public IReadOnlyList<string>? Subprotocols { get; init; }
}

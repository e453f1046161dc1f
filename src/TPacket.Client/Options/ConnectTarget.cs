namespace TPacket.Client;

/// <summary>The target of one attempt to connect.</summary>
/// <param name="Address">The server's address: ws:, wss:, http: or https:.</param>
public sealed record ConnectTarget(Uri Address)
{
    /// <summary>Header lines that follow those of the client's options, such as <c>Authorization</c> with a fresh token. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Subprotocols of which the server may choose one, in place of those of the client's options. Default: null, those of the options.</summary>
    public IReadOnlyList<string>? Subprotocols { get; init; }
}

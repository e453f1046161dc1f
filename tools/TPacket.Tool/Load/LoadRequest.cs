namespace TPacket.Tool.Load;

/// <summary>A load for a server.</summary>
/// <param name="Address">The server, as ws: or wss:.</param>
/// <param name="Clients">How many clients connect.</param>
/// <param name="Rooms">How many rooms they are spread over.</param>
/// <param name="Rate">Messages a second that all of them send together.</param>
/// <param name="Duration">For how long they send.</param>
/// <param name="Size">Bytes of a message's text.</param>
internal sealed record LoadRequest(Uri Address, int Clients, int Rooms, double Rate, TimeSpan Duration, int Size)
{
    /// <summary>The nick of each client begins with it, and so does the name of each room.</summary>
    public required string Name { get; init; }

    /// <summary>The data of the first packet.</summary>
    public required string MagicString { get; init; }

    /// <summary>Further header lines of the upgrade request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long a client may take to connect and to enter its room, and the last messages to arrive.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

namespace TPacket.Tool.Load;

/// <summary>The arguments of a load.</summary>
/// <param name="Address">The address of the server, ws: or wss:.</param>
/// <param name="Clients">The number of clients.</param>
/// <param name="Rooms">The number of rooms.</param>
/// <param name="Rate">The messages per second of all clients together.</param>
/// <param name="Duration">The time for which the clients send.</param>
/// <param name="Size">The size of a message's text in bytes.</param>
internal sealed record LoadRequest(Uri Address, int Clients, int Rooms, double Rate, TimeSpan Duration, int Size)
{
    /// <summary>The prefix of nicks and names of rooms.</summary>
    public required string Name { get; init; }

    /// <summary>The data of the first packet.</summary>
    public required string MagicString { get; init; }

    /// <summary>Additional headers of the upgrade request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The timeout for a client to enter its room, and for the last messages to arrive.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

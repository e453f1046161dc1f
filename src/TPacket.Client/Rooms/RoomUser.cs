namespace TPacket.Client;

/// <summary>Somebody in the room.</summary>
/// <param name="Id">Positive. Stays the same while the user's session lasts; without a session, a user that reconnects has another.</param>
/// <param name="Nick">The nick.</param>
public sealed record RoomUser(int Id, string Nick)
{
    /// <summary>Whether the user's connection has dropped, and its session waits for it to come back. Always false for the client's own user, and where the client has no session.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether this is the same user under the same nick.</summary>
    internal bool IsSame(RoomUser? other) => other is not null && Id == other.Id && Nick == other.Nick;
}

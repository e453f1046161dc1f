namespace TPacket.Client;

/// <summary>A user in the room. Immutable.</summary>
/// <param name="Id">The positive id. It stays the same as long as the user's session. A user without a session gets another id when it reconnects.</param>
/// <param name="Nick">The nick.</param>
public sealed record RoomUser(int Id, string Nick)
{
    /// <summary>Whether the user has a session but no connection. Always false for the client's own user, and if the client has no session.</summary>
    public bool IsAway { get; init; }

    /// <summary>Returns whether id and nick are the same.</summary>
    internal bool IsSame(RoomUser? other) => other is not null && Id == other.Id && Nick == other.Nick;
}

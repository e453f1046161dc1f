namespace TPacket.Server;

/// <summary>A user on any server, as it was when its server was asked.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Nick">The nick.</param>
/// <param name="Room">The name of the room that the user is in, or null.</param>
/// <param name="IsAway">Whether the user has no connection and may come back.</param>
/// <param name="Address">The IP address that the user comes from; null for a user that is away, and where there is none.</param>
public sealed record ClusterUser(int Id, string Nick, string? Room, bool IsAway, string? Address = null);

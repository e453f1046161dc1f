namespace TPacket.Server;

/// <summary>A user on any server at the time of the query.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Nick">The user's nick.</param>
/// <param name="Room">The name of the room that the user is in, or null.</param>
/// <param name="IsAway">Whether the user has no connection at present and may resume its session.</param>
/// <param name="Address">The client's IP address; null if the user is away or the transport has no addresses.</param>
public sealed record ClusterUser(int Id, string Nick, string? Room, bool IsAway, string? Address = null);

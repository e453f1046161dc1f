namespace TPacket.Client;

/// <summary>Somebody in the room.</summary>
/// <param name="Id">Positive; belongs to the connection, so a user that reconnects has another.</param>
/// <param name="Nick">The nick.</param>
public sealed record RoomUser(int Id, string Nick);

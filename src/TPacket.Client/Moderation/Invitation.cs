namespace TPacket.Client;

/// <summary>An invitation to a private room (docs/moderation.md).</summary>
/// <param name="Text">
/// The text that <see cref="TPacketClient.ConnectAsync"/> and <see cref="TPacketClient.JoinAsync"/> take instead of the room's name.
/// Any user who has this text can enter the room.
/// </param>
/// <param name="Duration">The time for which the server accepts the invitation.</param>
public sealed record Invitation(string Text, TimeSpan Duration);

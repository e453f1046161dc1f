namespace TPacket.Client;

/// <summary>A message of a user, or an announcement of the host.</summary>
/// <param name="Sender">
/// The sender, who may have left the room since; null for an announcement. If the client does not follow the room's log,
/// messages of the history have no sender either.
/// </param>
/// <param name="Text">The text. If the client does not follow the log, messages of the history read <c>nick: text</c>, and may be cut.</param>
/// <param name="IsHistory">Whether the message is part of the history: it was sent before the client entered the room.</param>
public sealed record RoomMessage(RoomUser? Sender, string Text, bool IsHistory) : ClientEvent;

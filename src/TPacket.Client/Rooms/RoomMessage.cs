namespace TPacket.Client;

/// <summary>Somebody has said something, or the host has.</summary>
/// <param name="Sender">
/// The sender; null for an announcement of the host. The sender of a message of the history may have left. If the client does not follow the room's log, messages of the history have no sender.
/// </param>
/// <param name="Text">The text. For history of a log that the client does not follow, <c>nick: text</c>, which may be cut.</param>
/// <param name="IsHistory">Whether it was said before the client came.</param>
public sealed record RoomMessage(RoomUser? Sender, string Text, bool IsHistory) : ClientEvent;

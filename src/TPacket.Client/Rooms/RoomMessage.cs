namespace TPacket.Client;

/// <summary>Somebody has said something, or the host has.</summary>
/// <param name="Sender">Who said it; null where the protocol does not tell: for history and for what the host announces.</param>
/// <param name="Text">The text; without a sender <c>nick: text</c>, or what the host announces.</param>
/// <param name="IsHistory">Whether it was said before the client came.</param>
public sealed record RoomMessage(RoomUser? Sender, string Text, bool IsHistory) : RoomEvent;

namespace TPacket.Client;

/// <summary>
/// A message was deleted from the log of the room. Only clients that accept deletions receive it
/// (<see cref="TPacketClientOptionsModerationExtensions.AcceptDeletions"/>).
/// </summary>
/// <param name="MessageOffset">The <see cref="ClientEvent.Offset"/> of the deleted message.</param>
public sealed record MessageDeleted(long MessageOffset) : ClientEvent;

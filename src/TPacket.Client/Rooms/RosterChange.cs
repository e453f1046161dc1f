namespace TPacket.Client;

/// <summary>A change of a roster. When a user changes its nick, the roster raises a removal and an addition.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="User">The user; null for <see cref="RosterChangeKind.Counted"/>.</param>
public sealed record RosterChange(RosterChangeKind Kind, RoomUser? User);

namespace TPacket.Client;

/// <summary>A change of a roster, which is raised after the change. A user that changes its nick is removed and added.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="User">The user; null for <see cref="RosterChangeKind.Counted"/>.</param>
public sealed record RosterChange(RosterChangeKind Kind, RoomUser? User);

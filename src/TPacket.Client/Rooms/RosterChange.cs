namespace TPacket.Client;

/// <summary>A change of a roster, told when the roster has it already. A user with another nick is removed and added.</summary>
/// <param name="Kind">What has changed.</param>
/// <param name="User">Whom it is about; null for <see cref="RosterChangeKind.Counted"/>.</param>
public sealed record RosterChange(RosterChangeKind Kind, RoomUser? User);

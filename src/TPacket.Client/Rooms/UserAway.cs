namespace TPacket.Client;

/// <summary>
/// The connection of another user has dropped. The user stays in the room and keeps its nick until its grace is over; then <see cref="UserLeft"/> follows.
/// </summary>
/// <param name="User">The user, who is away.</param>
public sealed record UserAway(RoomUser User) : ClientEvent;

namespace TPacket.Server;

/// <summary>Invites to private rooms. A service of a host that has called <c>AddInvitations</c>. Thread-safe.</summary>
public interface IInvitations
{
    /// <summary>Whether a room can be entered with an invitation only.</summary>
    /// <param name="room">The name of the room.</param>
    bool IsPrivate(string room);

    /// <summary>Draws the name of a private room that nobody has been in.</summary>
    string NewRoom();

    /// <summary>Writes an invitation, which a client sends in the place of the name of the room. It cannot be taken back, and any number of users may use it until its end.</summary>
    /// <param name="room">The name of a private room.</param>
    /// <param name="duration">How long the invitation is good for, 1 s to 3,650 days; rounded up to whole seconds.</param>
    /// <exception cref="ArgumentException">The room is not private, or no room can have this name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is out of range.</exception>
    string Invite(string room, TimeSpan duration);
}

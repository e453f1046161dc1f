namespace TPacket.Server;

/// <summary>Creates invitations to private rooms. Registered as a service by <c>AddInvitations</c>. Thread-safe.</summary>
public interface IInvitations
{
    /// <summary>Returns whether a room is private: clients need an invitation to enter it.</summary>
    /// <param name="room">The name of the room.</param>
    bool IsPrivate(string room);

    /// <summary>Returns a new random name of a private room.</summary>
    string NewRoom();

    /// <summary>
    /// Creates an invitation, which a client sends in place of the room's name.
    /// The host cannot revoke an invitation, and any number of users can use it until it expires.
    /// </summary>
    /// <param name="room">The name of a private room.</param>
    /// <param name="duration">The validity of the invitation: 1 s to 3,650 days, rounded up to whole seconds.</param>
    /// <returns>The invitation: the room's name, a line feed and a token (docs/protocol.md, Private rooms).</returns>
    /// <exception cref="ArgumentException">The room is not private, or the name is invalid.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is out of range.</exception>
    string Invite(string room, TimeSpan duration);
}

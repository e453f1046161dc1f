namespace TPacket.Client;

/// <summary>How a client has become ready: what became of its user, and of what it knew of the room, since the connection before.</summary>
public enum SessionContinuity
{
    /// <summary>The client has signed in: the server knows it as a new user, with a new id. What was said since the connection before is known as far as the room's history has it.</summary>
    SignedIn,

    /// <summary>
    /// The client is the user that it was, with the same id and nick, and the room was sent anew: roster and history. Something between may be missing, where more was said than the history keeps.
    /// </summary>
    Rejoined,

    /// <summary>The client is the user that it was, and has received every event that it missed. Roster and history are what they were.</summary>
    Resumed,
}

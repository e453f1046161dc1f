namespace TPacket.Client;

/// <summary>The state that a client has kept from the previous connection: its user, and the events of its room.</summary>
public enum SessionContinuity
{
    /// <summary>The client has signed in as a new user with a new id. It receives only the missed events that are in the room's history.</summary>
    SignedIn,

    /// <summary>
    /// The client has kept its user with id and nick. The server has sent roster and history again.
    /// The client has missed the events that are no longer in the history.
    /// </summary>
    Rejoined,

    /// <summary>The client has kept its user and has received every missed event. The server has not sent roster and history again.</summary>
    Resumed,
}

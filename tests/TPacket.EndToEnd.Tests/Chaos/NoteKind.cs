namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The kind of a note: a report of a client, or a request to it.</summary>
internal enum NoteKind
{
    /// <summary>The client is ready. Has the room, the own user, and the continuity.</summary>
    Ready,

    /// <summary>The connection is lost.</summary>
    Lost,

    /// <summary>The client has entered a room. Has the room, the own user and the roster.</summary>
    Entered,

    /// <summary>A message of the history.</summary>
    History,

    /// <summary>A message.</summary>
    Message,

    /// <summary>A user has joined, or has another nick.</summary>
    Joined,

    /// <summary>A user has left, or has released a nick.</summary>
    Left,

    /// <summary>A user is away.</summary>
    Away,

    /// <summary>A user is back.</summary>
    Returned,

    /// <summary>The run has requested another nick.</summary>
    NickAsked,

    /// <summary>The server has granted the requested nick.</summary>
    NickGiven,

    /// <summary>The server has refused the requested nick.</summary>
    NickRefused,

    /// <summary>The request for another nick has no reply.</summary>
    NickLost,

    /// <summary>The run has requested another room.</summary>
    RoomAsked,

    /// <summary>The request for another room has no reply.</summary>
    RoomLost,

    /// <summary>All faults have ended, and all clients have reconnected. Has the room, the own user and the roster.</summary>
    Quiet,

    /// <summary>The client was closed with 1000.</summary>
    Closed,

    /// <summary>The client has closed without a request of the run.</summary>
    GaveUp,
}

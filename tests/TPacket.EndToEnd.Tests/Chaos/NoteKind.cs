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

    /// <summary>A user has come, or has another nick.</summary>
    Joined,

    /// <summary>A user has gone, or gives up a nick.</summary>
    Left,

    /// <summary>A user is away.</summary>
    Away,

    /// <summary>A user is back.</summary>
    Returned,

    /// <summary>Another nick was asked for.</summary>
    NickAsked,

    /// <summary>The server has granted the nick that was asked for.</summary>
    NickGiven,

    /// <summary>The server has refused the nick that was asked for.</summary>
    NickRefused,

    /// <summary>There was no answer to the request for another nick.</summary>
    NickLost,

    /// <summary>Another room was asked for.</summary>
    RoomAsked,

    /// <summary>There was no answer to the request for another room.</summary>
    RoomLost,

    /// <summary>Nothing is broken any more, and everybody has come back. Has the room, the own user and the roster.</summary>
    Quiet,

    /// <summary>The client was closed with 1000.</summary>
    Closed,

    /// <summary>The client does not come back by itself, which nobody has asked for.</summary>
    GaveUp,
}

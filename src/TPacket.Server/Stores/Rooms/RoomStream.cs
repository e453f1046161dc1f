namespace TPacket.Server;

/// <summary>
/// A part of a room's log. All streams of a log share its offsets. A condition names the streams on which a decision depends,
/// so that events of other streams do not cause a conflict. Values of 64 and more are for the application.
/// </summary>
public enum RoomStream : byte
{
    /// <summary>Members that enter, leave, change their nick, go away and return.</summary>
    Presence,

    /// <summary>Messages of members and announcements of the host.</summary>
    Chat,

    /// <summary>Broadcasts of the application, unless the application uses a stream of its own.</summary>
    Application,

    /// <summary>Events of the rules, and the events that set the rules or record a downtime.</summary>
    Rules,

    /// <summary>Deletions of messages and announcements.</summary>
    Moderation,
}

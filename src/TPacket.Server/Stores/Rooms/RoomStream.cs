namespace TPacket.Server;

/// <summary>
/// The part of a room's log that an event belongs to. All streams of a log share its offsets; a condition names the streams that a decision has read, so that
/// events of other streams do not make it fail. Values from 64 up are the application's.
/// </summary>
public enum RoomStream : byte
{
    /// <summary>Members enter, leave, change their nick, go away and come back.</summary>
    Presence,

    /// <summary>Messages of members and announcements of the host.</summary>
    Chat,

    /// <summary>Packets that an application broadcasts, unless it names a stream of its own.</summary>
    Application,

    /// <summary>Events that the rules of a room decide, and those that name the rules or tell them of a downtime.</summary>
    Rules,

    /// <summary>Deletions of messages and announcements.</summary>
    Moderation,
}

namespace TPacket.Server;

/// <summary>The kind of a <see cref="RoomEvent"/>.</summary>
public enum RoomEventKind : byte
{
    /// <summary>A user entered. Carries the member.</summary>
    Joined,

    /// <summary>A user left. Carries the member and the cause.</summary>
    Left,

    /// <summary>A user changed its nick. Carries the member with the new nick; the data is the old nick in UTF-8.</summary>
    Renamed,

    /// <summary>A member lost its connection and may return. Carries the member.</summary>
    Away,

    /// <summary>An away member returned on a new connection. Carries the member with its new generation.</summary>
    Returned,

    /// <summary>A message of a member. Carries the member; the data is the text in UTF-8.</summary>
    Message,

    /// <summary>An announcement of the host. The data is the text in UTF-8.</summary>
    Announcement,

    /// <summary>A packet of an application or extension. Carries command, p1, p2 and data, and the author, or null for the host.</summary>
    Packet,

    /// <summary>The room received rules, or a newer version of its rules. Carries their name and version, and the seed of their random numbers.</summary>
    Rules,

    /// <summary>A room with rules was opened after a downtime of all servers. Carries the downtime.</summary>
    Opened,

    /// <summary>A message or announcement was deleted. Carries its offset. The store replaces the event at that offset with <see cref="Deleted"/>.</summary>
    Deletion,

    /// <summary>A deleted message or announcement. Carries the member of a message, and no data.</summary>
    Deleted,
}

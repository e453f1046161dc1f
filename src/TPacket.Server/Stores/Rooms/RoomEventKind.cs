namespace TPacket.Server;

/// <summary>What happened in a room.</summary>
public enum RoomEventKind : byte
{
    /// <summary>A user entered. Has the member.</summary>
    Joined,

    /// <summary>A user left. Has the member, and the cause.</summary>
    Left,

    /// <summary>A user changed its nick. Has the member with the new nick; the data is the old one in UTF-8.</summary>
    Renamed,

    /// <summary>A member's connection was lost; the user may come back. Has the member.</summary>
    Away,

    /// <summary>An away user came back, on a new connection. Has the member with its new generation.</summary>
    Returned,

    /// <summary>A user said something. Has the member; the data is the text in UTF-8.</summary>
    Message,

    /// <summary>The host said something. The data is the text in UTF-8.</summary>
    Announcement,

    /// <summary>A packet of an application or extension. Has command, p1, p2 and data, and the member whose packet it is, or null where it is the host's.</summary>
    Packet,

    /// <summary>The room has rules from here on, or rules of a newer version. Has their version and name, and the seed of their random numbers.</summary>
    Rules,

    /// <summary>A room with rules was opened after a time in which no server served its store. Has that time.</summary>
    Opened,

    /// <summary>A message or announcement was deleted. Has its offset. The store leaves <see cref="Deleted"/> at that offset.</summary>
    Deletion,

    /// <summary>What is left of a message or announcement that was deleted. Has the member of a message, and no data.</summary>
    Deleted,
}

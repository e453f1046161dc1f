namespace TPacket.Server;

/// <summary>What happened in a room.</summary>
public enum RoomEventKind
{
    /// <summary>A user came. Has the member.</summary>
    Joined,

    /// <summary>A user went. Has the member.</summary>
    Left,

    /// <summary>A user has a new nick. Has the member with the new nick; the data is the old one in UTF-8.</summary>
    Renamed,

    /// <summary>A user said something. Has the member; the data is the text in UTF-8.</summary>
    Message,

    /// <summary>The host said something. The data is the text in UTF-8.</summary>
    Announcement,

    /// <summary>A packet of an application or extension. Has command, p1, p2 and data, and no member.</summary>
    Packet,
}

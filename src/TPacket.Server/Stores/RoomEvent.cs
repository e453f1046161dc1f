namespace TPacket.Server;

/// <summary>An entry of a room's log.</summary>
public readonly record struct RoomEvent
{
    private RoomEvent(RoomEventKind kind, RoomMember? member, ReadOnlyMemory<byte> data)
    {
        Kind = kind;
        Member = member;
        Data = data;
    }

    /// <summary>Where the event stands in the log: 0 for the first, 1 more for each that follows. Set by the store.</summary>
    public long Offset { get; init; }

    /// <summary>What happened.</summary>
    public RoomEventKind Kind { get; private init; }

    /// <summary>Whom it concerns, where it concerns somebody.</summary>
    public RoomMember? Member { get; private init; }

    /// <summary>The command of a <see cref="RoomEventKind.Packet"/>.</summary>
    public int Command { get; private init; }

    /// <summary>p1 of a <see cref="RoomEventKind.Packet"/>.</summary>
    public int P1 { get; private init; }

    /// <summary>p2 of a <see cref="RoomEventKind.Packet"/>.</summary>
    public int P2 { get; private init; }

    /// <summary>The data. Belongs to whoever made the event: a store that keeps it copies it.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether the event belongs to the history that a newcomer is shown.</summary>
    public bool IsHistory => Kind is RoomEventKind.Message or RoomEventKind.Announcement;

    /// <summary>A user came.</summary>
    public static RoomEvent Joined(RoomMember member) => new(RoomEventKind.Joined, member, default);

    /// <summary>A user went.</summary>
    public static RoomEvent Left(RoomMember member) => new(RoomEventKind.Left, member, default);

    /// <summary>A user has a new nick.</summary>
    public static RoomEvent Renamed(RoomMember member, ReadOnlyMemory<byte> oldNick) => new(RoomEventKind.Renamed, member, oldNick);

    /// <summary>A user said something.</summary>
    public static RoomEvent Message(RoomMember sender, ReadOnlyMemory<byte> text) => new(RoomEventKind.Message, sender, text);

    /// <summary>The host said something.</summary>
    public static RoomEvent Announcement(ReadOnlyMemory<byte> text) => new(RoomEventKind.Announcement, null, text);

    /// <summary>A packet of an application or extension.</summary>
    public static RoomEvent Packet(int command, int p1, int p2, ReadOnlyMemory<byte> data) =>
        new(RoomEventKind.Packet, null, data) { Command = command, P1 = p1, P2 = p2 };
}

using System.Buffers.Binary;
using System.Text;

namespace TPacket.Server;

/// <summary>An event of a room's log. Immutable.</summary>
public readonly record struct RoomEvent
{
    private const int LoggedSeparatorLength = 2;
    private const int SeedLength = sizeof(long);

    private RoomEvent(RoomEventKind kind, RoomStream stream, RoomMember? member, ReadOnlyMemory<byte> data)
    {
        Kind = kind;
        Stream = stream;
        Member = member;
        Data = data;
    }

    /// <summary>The offset of the event in the log: 0 for the first event, then consecutive numbers. Set by the store.</summary>
    public long Offset { get; init; }

    /// <summary>The check of the position after the event (<see cref="RoomPosition.Check"/>). Set by the store.</summary>
    public ulong Check { get; init; }

    /// <summary>The time of the append in milliseconds since the Unix epoch; never less than the time of the previous event. Set by the store.</summary>
    public long Time { get; init; }

    /// <summary>The kind of event.</summary>
    public RoomEventKind Kind { get; private init; }

    /// <summary>The stream of the event.</summary>
    public RoomStream Stream { get; private init; }

    /// <summary>The author of the event, or the member that it concerns; null for an event of the host.</summary>
    public RoomMember? Member { get; private init; }

    /// <summary>The command of a <see cref="RoomEventKind.Packet"/>.</summary>
    public int Command { get; private init; }

    /// <summary>p1 of a <see cref="RoomEventKind.Packet"/>; the version of <see cref="RoomEventKind.Rules"/>.</summary>
    public int P1 { get; private init; }

    /// <summary>p2 of a <see cref="RoomEventKind.Packet"/>; 1 if the state of <see cref="RoomEventKind.Rules"/> depends on presence.</summary>
    public int P2 { get; private init; }

    /// <summary>The cause of <see cref="RoomEventKind.Left"/>.</summary>
    public LeaveCause Cause { get; private init; }

    /// <summary>The data. It belongs to the creator of the event; a store that keeps the event copies the data.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether the event belongs to the history that a joining client receives.</summary>
    public bool IsHistory => Stream == RoomStream.Chat && Kind != RoomEventKind.Deleted;

    /// <summary>Whether the event changes the roster: a member or its state.</summary>
    public bool ChangesRoster => Stream == RoomStream.Presence;

    /// <summary>The name of <see cref="RoomEventKind.Rules"/>; empty for other events.</summary>
    public string RulesName => Kind == RoomEventKind.Rules ? Encoding.UTF8.GetString(Data.Span[SeedLength..]) : "";

    /// <summary>The seed of <see cref="RoomEventKind.Rules"/>; 0 for other events.</summary>
    public long Seed => Kind == RoomEventKind.Rules ? BinaryPrimitives.ReadInt64LittleEndian(Data.Span) : 0;

    /// <summary>The time for which no server served the store before <see cref="RoomEventKind.Opened"/>; zero for other events.</summary>
    public TimeSpan Downtime => Kind == RoomEventKind.Opened ? TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(Data.Span)) : TimeSpan.Zero;

    /// <summary>The offset of the event that a <see cref="RoomEventKind.Deletion"/> deletes; <see cref="RoomPosition.NoEvent"/> for other events.</summary>
    public long DeletedOffset => Kind == RoomEventKind.Deletion ? BinaryPrimitives.ReadInt64LittleEndian(Data.Span) : RoomPosition.NoEvent;

    /// <summary>The size of the event in <see cref="TPacketServerOptions.HistoryBytes"/>: the bytes of <c>nick: text</c>.</summary>
    public int HistorySize => Data.Length + (Member is null ? 0 : Member.NickUtf8.Length + LoggedSeparatorLength);

    /// <summary>Returns the event with another member. Stores set the member from the roster with this method.</summary>
    public RoomEvent With(RoomMember member) => this with { Member = member };

    /// <summary>Returns the event as <see cref="RoomEventKind.Deleted"/>, without its data.</summary>
    public RoomEvent AsDeleted() => this with { Kind = RoomEventKind.Deleted, Data = default };

    /// <summary>Creates the event of a user that enters the room.</summary>
    public static RoomEvent Joined(RoomMember member) => new(RoomEventKind.Joined, RoomStream.Presence, member, default);

    /// <summary>Creates the event of a member that leaves the room.</summary>
    public static RoomEvent Left(RoomMember member, LeaveCause cause) => new(RoomEventKind.Left, RoomStream.Presence, member, default) { Cause = cause };

    /// <summary>Creates the event of a member that changes its nick.</summary>
    /// <param name="renamed">The member with the new nick.</param>
    /// <param name="oldNick">The old nick in UTF-8.</param>
    public static RoomEvent Renamed(RoomMember renamed, ReadOnlyMemory<byte> oldNick) => new(RoomEventKind.Renamed, RoomStream.Presence, renamed, oldNick);

    /// <summary>Creates the event of a member that loses its connection.</summary>
    public static RoomEvent Away(RoomMember member) => new(RoomEventKind.Away, RoomStream.Presence, member, default);

    /// <summary>Creates the event of an away member that returns.</summary>
    /// <param name="member">The member with its new generation.</param>
    public static RoomEvent Returned(RoomMember member) => new(RoomEventKind.Returned, RoomStream.Presence, member, default);

    /// <summary>Creates the event of a member's message.</summary>
    /// <param name="sender">The member.</param>
    /// <param name="text">The text in UTF-8.</param>
    public static RoomEvent Message(RoomMember sender, ReadOnlyMemory<byte> text) => new(RoomEventKind.Message, RoomStream.Chat, sender, text);

    /// <summary>Creates the event of an announcement of the host.</summary>
    /// <param name="text">The text in UTF-8.</param>
    public static RoomEvent Announcement(ReadOnlyMemory<byte> text) => new(RoomEventKind.Announcement, RoomStream.Chat, null, text);

    /// <summary>Creates the event that sets the rules of a room, or a newer version of them.</summary>
    /// <param name="name">The name of the rules.</param>
    /// <param name="version">The version of the rules, at least 1.</param>
    /// <param name="readsPresence">Whether the state of the rules depends on presence.</param>
    /// <param name="seed">The seed of random numbers of the rules.</param>
    public static RoomEvent Rules(string name, int version, bool readsPresence, long seed)
    {
        var data = new byte[SeedLength + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteInt64LittleEndian(data, seed);
        Encoding.UTF8.GetBytes(name, data.AsSpan(SeedLength));
        return new RoomEvent(RoomEventKind.Rules, RoomStream.Rules, null, data) { P1 = version, P2 = readsPresence ? 1 : 0 };
    }

    /// <summary>Creates the event of a room that is opened after a downtime of all servers.</summary>
    public static RoomEvent Opened(TimeSpan downtime)
    {
        var data = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(data, (long)downtime.TotalMilliseconds);
        return new RoomEvent(RoomEventKind.Opened, RoomStream.Rules, null, data);
    }

    /// <summary>Creates the event that deletes a message or an announcement. The event must be appended alone.</summary>
    /// <param name="offset">The offset of the message or announcement.</param>
    public static RoomEvent Deletion(long offset)
    {
        var data = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(data, offset);
        return new RoomEvent(RoomEventKind.Deletion, RoomStream.Moderation, null, data);
    }

    /// <summary>Creates the event of a packet of an application or extension.</summary>
    /// <param name="command">The command.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data.</param>
    /// <param name="author">The author; null for the host.</param>
    /// <param name="stream">The stream; neither presence nor chat.</param>
    /// <exception cref="ArgumentOutOfRangeException">The stream is presence or chat.</exception>
    public static RoomEvent Packet(
        int command, int p1, int p2, ReadOnlyMemory<byte> data, RoomMember? author = null, RoomStream stream = RoomStream.Application)
    {
        if (stream is RoomStream.Presence or RoomStream.Chat)
            throw new ArgumentOutOfRangeException(nameof(stream), stream, "Packets cannot belong to the streams Presence and Chat.");
        return new RoomEvent(RoomEventKind.Packet, stream, author, data) { Command = command, P1 = p1, P2 = p2 };
    }
}

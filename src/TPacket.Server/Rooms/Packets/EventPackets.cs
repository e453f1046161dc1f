using TPacket.Protocol;

namespace TPacket.Server.Rooms.Packets;

/// <summary>
/// The packets of one event of a room's log: two for a change of nick, none for an event that clients do not receive, and one for any other event.
/// </summary>
internal readonly ref struct EventPackets
{
    private EventPackets(OutboundPacket first)
    {
        First = first;
        Count = 1;
        Length = first.Length;
    }

    private EventPackets(OutboundPacket first, OutboundPacket second)
    {
        First = first;
        Second = second;
        Count = 2;
        Length = first.Length + second.Length;
    }

    public int Count { get; }

    public OutboundPacket First { get; }

    public OutboundPacket Second { get; }

    /// <summary>Length in bytes of all packets, headers included.</summary>
    public int Length { get; }

    /// <summary>Returns the packets of an event.</summary>
    /// <param name="roomEvent">The event. Its data must stay valid while the packets are used.</param>
    /// <param name="maxLoggedBytes">The longest data of a LOGGED_MSG, in bytes.</param>
    public static EventPackets Of(in RoomEvent roomEvent, int maxLoggedBytes) => roomEvent.Kind switch
    {
        RoomEventKind.Joined => new EventPackets(NewUser(roomEvent.Member!)),
        RoomEventKind.Left => new EventPackets(DelUser(roomEvent.Member!.Id, roomEvent.Member.NickUtf8)),
        RoomEventKind.Renamed => new EventPackets(DelUser(roomEvent.Member!.Id, roomEvent.Data.Span), NewUser(roomEvent.Member)),
        RoomEventKind.Message => new EventPackets(new OutboundPacket(PacketCommand.NewMsg, roomEvent.Member!.Id, 0, roomEvent.Data.Span)),
        RoomEventKind.Announcement => new EventPackets(Logged(LoggedText.Cut(roomEvent.Data.Span, maxLoggedBytes))),
        RoomEventKind.Away => new EventPackets(Presence(roomEvent.Member!.Id, isAway: true)),
        RoomEventKind.Returned => new EventPackets(Presence(roomEvent.Member!.Id, isAway: false)),
        RoomEventKind.Deletion => new EventPackets(Deletion(roomEvent.DeletedOffset)),
        // Members receive views of the state of rules, never the events of rules.
        RoomEventKind.Packet when roomEvent.Stream != RoomStream.Rules => new EventPackets(new OutboundPacket((PacketCommand)roomEvent.Command, roomEvent.P1, roomEvent.P2, roomEvent.Data.Span)),
        _ => default,
    };

    public static OutboundPacket NewUser(RoomMember member) => new(PacketCommand.NewUser, member.Id, 0, member.NickUtf8);

    public static OutboundPacket DelUser(int id, ReadOnlySpan<byte> nick) => new(PacketCommand.DelUser, id, 0, nick);

    public static OutboundPacket Deletion(long offset)
    {
        var (low, high) = EventHead.HalvesOf(offset);
        return new OutboundPacket(PacketCommand.DeleteMsg, low, high, []);
    }

    public static OutboundPacket Presence(int id, bool isAway) => new(PacketCommand.Presence, id, isAway ? 1 : 0, []);

    public static OutboundPacket Logged(ReadOnlySpan<byte> text) => new(PacketCommand.LoggedMsg, 0, 0, text);

    /// <summary>Writes the packets, one after the other.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        if (Count == 0)
            return;
        var length = First.Write(destination);
        if (Count == 2)
            Second.Write(destination[length..]);
    }
}

using TPacket.Server;

namespace WebChat;

/// <summary>A room in the list.</summary>
internal sealed record RoomSummary(string Name, int Members)
{
    private const int Most = 50;

    /// <summary>Returns the rooms with the most members, ordered by members and name.</summary>
    public static RoomSummary[] List(IRoomDirectory rooms) =>
    [
        .. rooms.Rooms
            .Select(room => new RoomSummary(room.Name, room.MemberCount))
            .Where(room => room.Members > 0)
            .OrderByDescending(room => room.Members)
            .ThenBy(room => room.Name, StringComparer.Ordinal)
            .Take(Most),
    ];
}

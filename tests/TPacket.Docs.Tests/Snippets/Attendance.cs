// begin-snippet: room-observer
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: room-observer
internal sealed class Attendance : IRoomObserver
{
    public ValueTask OnEnteredAsync(IRoom room, RoomMember member)
    {
        Console.WriteLine($"{member.Nick} entered {room.Name}.");
        return default;
    }

    public async ValueTask OnLeftAsync(IRoom room, RoomMember member, LeaveCause cause)
    {
        if (cause == LeaveCause.Removed)
            await room.AnnounceAsync($"{member.Nick} had to go.");
    }
}
// end-snippet

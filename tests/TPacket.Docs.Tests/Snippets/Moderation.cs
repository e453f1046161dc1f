// begin-snippet: kick
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: kick
internal sealed class Moderation(IUserDirectory users)
{
    public void Kick(int userId) => users.Find(userId)?.Disconnect("You were asked to leave.");

    public async Task SendHomeAsync(int userId)
    {
        if (users.Find(userId) is { } user)
            await user.EnterRoomAsync("lobby");
    }

    public static async Task RemoveAsync(IRoom room, RoomMember member) => await room.RemoveAsync(member);
}
// end-snippet

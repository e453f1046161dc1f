// begin-snippet: cluster
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: cluster
internal sealed class ClusterModeration(ICluster cluster)
{
    public async Task<bool> KickAsync(string nick) =>
        await cluster.FindUserAsync(nick) is { } user && await cluster.DisconnectAsync(user.Id, "You were asked to leave.");

    public async Task<bool> InviteAsync(int userId, string room) => await cluster.SendAsync(userId, 260, room);

    public async Task PrintRoomsAsync()
    {
        const int PageSize = 1000;
        string? last = null;
        IReadOnlyList<ClusterRoom> page;
        do
        {
            page = await cluster.ReadRoomsAsync(last, PageSize);
            foreach (var room in page)
            {
                Console.WriteLine($"{room.Name}: {room.MemberCount} members");
                last = room.Name;
            }
        }
        while (page.Count == PageSize);
    }
}
// end-snippet

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: outside
internal sealed class RoundTimer(IRoomDirectory rooms, TimeProvider timeProvider) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var room in rooms.Rooms)
                await room.RunInTurnAsync(EndRoundAsync);
        }
    }

    private static async ValueTask EndRoundAsync(IRoom room)
    {
        await room.AnnounceAsync($"The round is over for {room.MemberCount} players.");
        await room.BroadcastAsync(259);
    }
}
// end-snippet

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

internal static class Outside
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: health-check
        services.AddTPacketServer().AddHealthCheck();
        // end-snippet
        services.AddTPacketServer().AddRoomObserver<Attendance>();
        services.AddHostedService<RoundTimer>().AddSingleton<Moderation>().AddSingleton<ClusterModeration>();
    }

    public static void MapHealth(WebApplication app)
    {
        // begin-snippet: map-health
        app.MapTPacketHealth();
        // end-snippet
    }
}

using Microsoft.Extensions.Hosting;
// begin-snippet: outside
using TPacket.Server;
// end-snippet

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

using Microsoft.Extensions.Options;
using TPacket.Server;

namespace Rooms_Worker;

/// <summary>Announces the time in all open rooms, once a period.</summary>
internal sealed class Announcer(IRoomDirectory rooms, IOptions<AnnouncerOptions> options, TimeProvider time, ILogger<Announcer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var room in rooms.Rooms)
                    await room.AnnounceAsync($"It is {time.GetLocalNow():t}.");
            }
            catch (RoomStoreException e)
            {
                logger.LogWarning(e, "The time was not announced in all rooms.");
            }
        }
    }
}

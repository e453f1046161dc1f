using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.Clients.Tests.Chaos;

/// <summary>The file of a run, and what is in it at the end.</summary>
internal sealed class ChaosFile : IDisposable
{
    private const int PageEvents = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-chaos-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "chaos.db");

    /// <summary>Reads the logs of rooms, once no session is left.</summary>
    public async Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(static options => (options.Address, options.Port) = ("127.0.0.1", 0)).UseSqlite(options => options.Path = Path);
        using var host = builder.Build();
        await host.StartAsync(deadline);
        try
        {
            // No log shows the end of a client that is in no room.
            while (host.Services.GetRequiredService<IUserDirectory>().Users.Count > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline);
            var logs = new Dictionary<string, RoomLog>();
            foreach (var room in rooms)
                logs.Add(room, new RoomLog(room, await ReadAsync(host.Services.GetRequiredService<IRoomStore>(), room, deadline)));
            return logs;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<List<LogEntry>> ReadAsync(IRoomStore store, string room, CancellationToken deadline)
    {
        var entries = new List<LogEntry>();
        await using var log = await store.OpenAsync(room, new RecordingSubscriber(), deadline);
        RoomPosition? position = null;
        while (true)
        {
            var page = await log.ReadAsync(position, PageEvents, deadline);
            Assert.False(page.IsGone);
            if (page.Events.Count == 0)
                return entries;
            position = page.Position;
            entries.AddRange(page.Events.Select(static e => new LogEntry(e.Offset, e.Check, e.Time, e.Kind, e.Member?.Id ?? 0, e.Member?.Nick ?? "")
            {
                Text = e.Kind is RoomEventKind.Message or RoomEventKind.Renamed ? Encoding.UTF8.GetString(e.Data.Span) : "",
                Cause = e.Cause,
            }));
        }
    }
}

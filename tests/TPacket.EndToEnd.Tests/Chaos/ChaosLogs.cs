using System.Text;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Reads the logs of rooms from their first event to their last.</summary>
internal static class ChaosLogs
{
    private const int PageEvents = 1000;

    public static async Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IRoomStore store, IReadOnlyList<string> rooms, CancellationToken deadline)
    {
        var logs = new Dictionary<string, RoomLog>();
        foreach (var room in rooms)
            logs.Add(room, new RoomLog(room, await ReadAsync(store, room, deadline)));
        return logs;
    }

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

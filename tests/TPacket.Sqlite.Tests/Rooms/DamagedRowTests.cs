using TPacket.Server;
using TPacket.Server.Sqlite.Storage;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>A row that cannot be read fails its room and no other.</summary>
public sealed class DamagedRowTests
{
    [Fact]
    public async Task Other_rooms_can_be_opened()
    {
        using var folder = new TemporaryFolder();
        await using (var store = TestStore.Start(folder.File))
        {
            var (damaged, _) = await store.OpenAsync("damaged");
            await damaged.AnnounceAsync("one");
            var (intact, _) = await store.OpenAsync("intact");
            await intact.AnnounceAsync("two");
        }

        using (var file = Database.Open(folder.File, DatabaseAccess.Write, TimeSpan.Zero))
            file.Execute("UPDATE chat SET kind = 99 WHERE id = (SELECT id << 40 FROM room WHERE name = 'damaged')");

        await using var again = TestStore.Start(folder.File);
        await Assert.ThrowsAsync<RoomStoreException>(async () => await again.Store.OpenAsync("damaged", new RecordingSubscriber(), default));
        var (log, subscriber) = await again.OpenAsync("intact");
        await log.AnnounceAsync("three");
        Assert.Equal("two", System.Text.Encoding.UTF8.GetString(Assert.Single(Assert.Single(subscriber.Snapshots).History).Data.Span));
    }
}

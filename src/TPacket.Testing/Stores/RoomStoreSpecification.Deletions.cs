using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Deletions of messages.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_deleted_message_leaves_its_place_and_not_its_text()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        await log.SayAsync(_alice, "one");
        var two = await log.SayAsync(_alice, "two");
        var three = await log.AnnounceAsync("three");
        await log.SayAsync(_alice, "four");

        foreach (var offset in (long[])[two.Position.Offset, three.Position.Offset])
            Assert.True((await log.DeleteAsync(offset)).IsAppended);

        var delivered = await EventsAsync(log, subscriber);
        Assert.Equal([2L, 3L], delivered.Where(e => e.Kind == RoomEventKind.Deletion).Select(e => e.DeletedOffset));
        Assert.All(delivered[^2..], e => Assert.Equal((RoomEventKind.Deletion, RoomStream.Moderation, null, false, false), (e.Kind, e.Stream, e.Member, e.IsHistory, e.ChangesRoster)));
        var page = await log.ReadAsync(null, int.MaxValue, None);
        Assert.Equal(delivered.Select(e => (e.Offset, e.Check, e.Time)), page.Events.SkipLast(1).Select(e => (e.Offset, e.Check, e.Time)));
        Assert.Equal(["", "one", "", "", "four"], page.Events.Take(5).Select(Text));
        Assert.Equal((RoomEventKind.Deleted, "alice", RoomStream.Chat, false), (page.Events[2].Kind, page.Events[2].Member?.Nick, page.Events[2].Stream, page.Events[2].IsHistory));
        Assert.Equal((RoomEventKind.Deleted, null, RoomStream.Chat), (page.Events[3].Kind, page.Events[3].Member, page.Events[3].Stream));
        var (_, another) = await OpenAsync(await OpenAnotherStoreAsync(store));
        Assert.Equal(["one", "four", "the end"], another.Snapshots[0].History.Select(Text));
    }

    [Fact]
    public async Task Only_a_message_that_is_there_can_be_deleted()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        await log.AppendAsync(Packet(256, 1, 2, "move"));
        var said = await log.SayAsync(_alice, "one");
        var deletion = await log.DeleteAsync(said.Position.Offset);

        foreach (var offset in (long[])[long.MinValue, -1, 0, 1, said.Position.Offset, deletion.Position.Offset, deletion.Position.Offset + 1, long.MaxValue])
        {
            var refused = await log.DeleteAsync(offset);
            Assert.Equal((AppendStatus.NotFound, deletion.Position), (refused.Status, refused.Position));
        }

        Assert.Equal(4, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task A_repeated_request_to_delete_gets_its_first_answer()
    {
        var (log, _) = await OpenAsync(await CreateStoreAsync());
        var said = await log.AnnounceAsync("one");
        var request = new RoomAppend(RoomEvent.Deletion(said.Position.Offset)) { Request = new RequestId(7, 1) };

        var first = await log.AppendAsync(request);
        var second = await log.AppendAsync(request);

        Assert.Equal((AppendStatus.Appended, false), Outcome(first));
        Assert.Equal((AppendStatus.Appended, true), Outcome(second));
        Assert.Equal(first.Position, second.Position);
    }

    [Fact]
    public async Task A_log_with_deleted_messages_reads_on_from_each_position_without_a_gap_or_not_at_all()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var start = subscriber.Position;
        await log.JoinAsync(_alice);
        for (var i = 0; i < (HistoryMessages ?? 100) + 10; i++)
        {
            var said = await log.SayAsync(_alice, $"{i}");
            if (i % 3 == 0)
                Assert.True((await log.DeleteAsync(said.Position.Offset)).IsAppended);
        }

        var oldest = await ReadOnFromEachPositionAsync(log, start, await EventsAsync(log, subscriber), subscriber.Position);
        Assert.Contains(oldest.Events, static e => e.Kind == RoomEventKind.Deleted);
        Assert.All(oldest.Events, static e => Assert.Equal(e.Kind == RoomEventKind.Message, e.IsHistory && e.Member is not null));
    }

    [Fact]
    public async Task A_deleted_message_is_not_there_in_the_next_server_either()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AnnounceAsync("one");
        var two = await log.AnnounceAsync("two");
        await log.AnnounceAsync("three");
        Assert.True((await log.DeleteAsync(two.Position.Offset)).IsAppended);

        var (next, subscriber) = await OpenAsync(await ReopenStoreAsync(store));

        Assert.Equal(["one", "three"], subscriber.Snapshots[0].History.Select(Text));
        var page = await next.ReadAsync(null, int.MaxValue, None);
        Assert.Equal([RoomEventKind.Announcement, RoomEventKind.Deleted, RoomEventKind.Announcement, RoomEventKind.Deletion], page.Events.Select(static e => e.Kind));
        Assert.Equal(two.Position.Offset, page.Events[3].DeletedOffset);
        Assert.Equal(AppendStatus.NotFound, (await next.DeleteAsync(two.Position.Offset)).Status);
    }
}

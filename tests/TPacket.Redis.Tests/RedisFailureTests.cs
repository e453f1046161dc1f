using System.Text;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Redis.Tests;

/// <summary>Redis stops, is killed, returns with an older state, or forgets its scripts.</summary>
[Collection(nameof(FailuresCollection))]
public sealed class RedisFailureTests(RedisFixture redis) : IAsyncLifetime
{
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);
    private static readonly RoomMember _bob = new(0x1001, "bob", session: 2);

    private readonly List<IAsyncDisposable> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _open.Reverse();
        foreach (var open in _open)
            await open.DisposeAsync();
    }

    [Fact]
    public async Task Acknowledged_events_survive_a_restart_of_Redis_if_it_persists_them()
    {
        var (server, stores) = await StartAsync("--appendonly", "yes", "--appendfsync", "always");
        var store = await OpenAsync(stores, create: true);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        var results = new List<AppendResult>();
        for (var i = 0; i < 20; i++)
            results.Add(await log.AnnounceAsync($"{i}", request: new RequestId(7, i + 1)));

        await server.KillAsync();
        await server.RestartAsync();

        var again = await RepeatAsync(() => log.AnnounceAsync("19", request: new RequestId(7, 20)));
        Assert.Equal(results[^1] with { IsRepeated = true }, again);
        // The lease may expire before the renewal.
        var last = await RepeatAsync(() => log.AnnounceAsync("after", request: new RequestId(7, 21)));
        Assert.Equal((results[^1].Position.Epoch, 20L), (last.Position.Epoch, last.Position.Offset));
        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        Assert.Equal(21, subscriber.Events.Length);
        Assert.Null(subscriber.Violation);
        Assert.Single(subscriber.Snapshots);
    }

    [Fact]
    public async Task After_Redis_has_lost_acknowledged_events_subscribers_get_a_snapshot()
    {
        var (server, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        await log.AnnounceAsync("kept");
        await using (var connection = await server.ConnectAsync())
            await connection.GetServers()[0].ExecuteAsync("SAVE");
        await log.AnnounceAsync("lost 1");
        var lost = await log.AnnounceAsync("lost 2");
        await subscriber.ReachAsync(lost.Position, Deadline.Limit);

        // As after the promotion of a replica that lacks the last writes.
        await server.KillAsync();
        await server.RestartAsync();

        var other = await RepeatAsync(() => log.AnnounceAsync("other", request: new RequestId(7, 1)));
        await RepeatAsync(() => log.AnnounceAsync("more", request: new RequestId(7, 2)));
        await subscriber.UntilAsync(static s => s.Snapshots.Length == 2 && s.Position.Offset == 2, Deadline.Limit);
        Assert.Equal(1, other.Position.Offset);
        Assert.NotEqual(lost.Position.Check, other.Position.Check);
        var received = subscriber.Snapshots[1].History.Select(Text).Concat(subscriber.Events.Skip(3).Select(Text));
        Assert.Equal(["kept", "other", "more"], received);
        Assert.True((await log.ReadAsync(lost.Position, 10, default)).IsGone);
        Assert.Null(subscriber.Violation);
    }

    [Fact]
    public async Task No_member_is_removed_when_Redis_stops_for_longer_than_a_lease()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows cannot stop a process by a signal.
        var (server, stores) = await StartAsync();
        var (first, second) = (await OpenAsync(stores, create: true), await OpenAsync(stores));
        var subscriber = new RecordingSubscriber();
        var log = await first.OpenAsync("lobby", subscriber, default);
        var other = await second.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.JoinAsync(_alice);
        await other.JoinAsync(_bob);
        await Poll.UntilAsync(() => first.Node!.MaySweep && second.Node!.MaySweep);

        await server.FreezeAsync();
        await Poll.UntilAsync(() => !first.Node!.IsServing && !second.Node!.IsServing);
        var refused = await Assert.ThrowsAsync<RoomStoreException>(async () => await log.SayAsync(_alice, "refused"));
        Assert.False(refused.IsOutcomeUnknown);
        await server.ThawAsync();

        Assert.True((await RepeatAsync(() => log.SayAsync(_alice, "one"))).IsAppended);
        // Both nodes may sweep again.
        await Poll.UntilAsync(() => first.Node!.MaySweep && second.Node!.MaySweep);
        Assert.True((await RepeatAsync(() => other.SayAsync(_bob, "two"))).IsAppended);
        var last = await RepeatAsync(() => log.AnnounceAsync("last"));
        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        Assert.Equal([_alice.Id, _bob.Id], subscriber.Members.Select(static member => member.Id));
        Assert.Null(subscriber.Lost);
    }

    [Fact]
    public async Task Appends_keep_their_order_when_Redis_forgets_its_scripts()
    {
        var (server, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        await using var connection = await server.ConnectAsync();
        var appended = new List<string>();
        for (var round = 0; round < 20; round++)
        {
            var appends = new List<(string Text, Task<AppendResult> Append)>();
            for (var i = 0; i < 10; i++)
            {
                if (i == 5)
                    _ = connection.GetServers()[0].ScriptFlushAsync();
                appends.Add(($"{round}:{i}", log.AnnounceAsync($"{round}:{i}").AsTask()));
            }

            foreach (var (text, append) in appends)
            {
                try
                {
                    Assert.True((await append).IsAppended);
                    appended.Add(text);
                }
                catch (RoomStoreException e)
                {
                    Assert.False(e.IsOutcomeUnknown);
                }
            }
        }

        var last = await RepeatAsync(() => log.AnnounceAsync("last"));
        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        // The log has no rejected append, and the others in the order of the calls.
        Assert.Equal([.. appended, "last"], subscriber.Events.Select(Text));
    }

    [Fact]
    public async Task A_single_append_succeeds_after_Redis_has_forgotten_its_scripts()
    {
        var (server, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.AnnounceAsync("one");
        await using var connection = await server.ConnectAsync();
        await connection.GetServers()[0].ScriptFlushAsync();

        Assert.Equal(1, (await log.AnnounceAsync("two")).Position.Offset);
    }

    [Fact]
    public async Task A_node_without_its_lease_loses_its_rooms_and_is_replaced()
    {
        var (_, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        await log.JoinAsync(_alice);
        var before = store.Node!;
        await store.Database.SortedSetRemoveAsync(store.Keys.Leases(KeySpace.Shared), before.Id);

        await subscriber.UntilAsync(static s => s.Lost is not null, Deadline.Limit);

        await Assert.ThrowsAsync<RoomStoreException>(async () => await log.SayAsync(_alice, "from before"));
        var again = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        Assert.True((await again.JoinAsync(_bob)).IsAppended);
        Assert.NotEqual(before.Id, store.Node!.Id);
    }

    [Fact]
    public async Task A_subscription_that_delivers_nothing_is_replaced()
    {
        var (server, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        var before = store.Subscriber;
        await before.UnsubscribeAllAsync();

        await Poll.UntilAsync(() => store.Subscriber.Multiplexer != before.Multiplexer);

        var last = await log.AnnounceAsync("one");
        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        await using var connection = await server.ConnectAsync();
        var channel = store.Keys.Channels(store.Keys.Room("lobby").Partition) + store.Node!.Id;
        await Poll.UntilAsync(async () => (long)(await connection.GetServers()[0].ExecuteAsync("PUBSUB", "SHARDNUMSUB", channel))[1] == 1);
    }

    [Fact]
    public async Task The_documented_rights_on_Redis_are_sufficient()
    {
        const string Rights = "+eval +evalsha +time +hget +hmget +hset +hsetnx +hdel +hgetall +hexists +hlen +exists +persist +pexpire +del +get +set +xadd +xlen +xrange +xrevrange +xdel +xtrim +zadd +zrem +zscore "
            + "+zrangebylex +zrangebyscore +zlexcount +zremrangebylex +zremrangebyscore +sadd +srem +scard +smembers +srandmember +rpush +lpop +llen +spublish +ssubscribe +sunsubscribe +ping +echo +info +client|setname +client|id";
        var (server, stores) = await StartAsync();
        await using (var connection = await server.ConnectAsync())
            await connection.GetServers()[0].ExecuteAsync("ACL", ["SETUSER", "app", "on", ">secret", "~test-*", "&test-*", .. Rights.Split(' ')]);
        void AsApp(RedisOptions options) => options.Configuration += ",user=app,password=secret";
        var store = await stores.CreateAsync(AsApp);
        _open.Add(store);
        var other = await stores.OpenAsync(AsApp);
        _open.Add(other);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        var there = await other.OpenAsync("lobby", new RecordingSubscriber(), default);
        await there.JoinAsync(_alice);
        for (var i = 0; i < 150; i++)
            await log.AnnounceAsync($"{i}", request: new RequestId(7, i + 1));
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Deletion(150)))).IsAppended);
        Assert.Equal(AppendStatus.Full, (await log.AppendAsync(new RoomAppend(RoomEvent.Joined(new RoomMember(0x2000, "bob", session: 9))) { Condition = new AppendCondition { MaxMembers = 1 } })).Status);
        await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, readsPresence: true, 42)));
        Assert.Single(await store.ReadWakesAsync(long.MaxValue / 2, 10, default));
        Assert.NotEmpty((await log.ReadAsync(null, 10, default)).Events);
        var token = SecretHash.Of("token"u8);
        Assert.True(await other.Sessions.AddAsync(new SessionRecord { Number = 1, UserId = _alice.Id, Nick = "alice", Token = token, Grace = TimeSpan.FromSeconds(30), Room = "lobby" }));
        Assert.Equal(NickClaimResult.Reserved, await other.Nicks.ReserveAsync(new NickClaim("alice", ["allce"], new byte[24]), _alice.Id, NickLookAlikes.Refuse));

        await other.DisposeAsync();
        await subscriber.UntilAsync(static s => s.Members is [{ IsAway: true }], Deadline.Limit);

        Assert.NotNull(await store.Sessions.ResumeAsync(new SessionClaim(token, SecretHash.Of("next"u8), null, null)));
        Assert.True(await store.Sessions.EndAsync(1, 1));
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_room_with_rules_gets_the_time_in_which_no_node_has_served_it()
    {
        var (server, stores) = await StartAsync();
        var store = await OpenAsync(stores, create: true);
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, readsPresence: false, 42)));
        var served = store.Keys.LeaseKeys(KeySpace.Shared)[1];
        await store.StopAsync();
        await using (var connection = await server.ConnectAsync())
        {
            // Shifts the whole run one hour into the past.
            await connection.GetDatabase().HashDecrementAsync(served, "l", 3_600_000);
            await connection.GetDatabase().HashDecrementAsync(served, "s", 3_600_000);
        }

        var next = await OpenAsync(stores);
        RoomSnapshot? opened = null;
        // The last node has to be swept first.
        await Poll.UntilAsync(async () =>
        {
            var opening = new RecordingSubscriber();
            log = await next.OpenAsync("lobby", opening, default);
            opened = opening.Snapshots[0];
            if (opened.Downtime == TimeSpan.Zero)
                await log.DisposeAsync();
            return opened.Downtime > TimeSpan.Zero;
        });

        Assert.InRange(opened!.Downtime, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        await log.AppendAsync(new RoomAppend(RoomEvent.Opened(opened.Downtime)));
        await log.DisposeAsync();
        var subscriber = new RecordingSubscriber();
        await next.OpenAsync("lobby", subscriber, default);
        Assert.Equal(TimeSpan.Zero, subscriber.Snapshots[0].Downtime);
    }

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    /// <summary>Repeats an append until the store accepts it.</summary>
    private static async Task<AppendResult> RepeatAsync(Func<ValueTask<AppendResult>> append)
    {
        var result = default(AppendResult);
        await Poll.UntilAsync(async () =>
        {
            try
            {
                result = await append();
                return true;
            }
            catch (RoomStoreException)
            {
                return false;
            }
        });
        return result;
    }

    private async Task<(RedisServer Server, TestStores Stores)> StartAsync(params string[] settings)
    {
        var server = await RedisServer.StartAsync(redis.Program, settings);
        _open.Add(server);
        return (server, new TestStores(server.Configuration));
    }

    private async Task<RedisStore> OpenAsync(TestStores stores, bool create = false)
    {
        var store = create ? await stores.CreateAsync() : await stores.OpenAsync();
        _open.Add(store);
        return store;
    }
}

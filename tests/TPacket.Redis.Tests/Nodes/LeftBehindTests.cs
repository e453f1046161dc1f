using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Sessions;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Nodes;

/// <summary>Members and sessions that a node leaves behind. Other nodes find them, whichever way the node ends.</summary>
[Collection(nameof(StoresCollection))]
public sealed class LeftBehindTests(RedisFixture redis) : IDisposable
{
    private const string Name = "room";

    private static readonly RoomMember _alice = new(1, "alice", 11, 0);

    private readonly TestStores _stores = new(redis.Server.Configuration);
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_of_a_node_that_has_closed_the_room_and_stops_is_removed(bool isAway)
    {
        await using var first = await _stores.CreateAsync();
        await using var second = await _stores.OpenAsync();
        await using var watched = await second.OpenAsync(Name, new RecordingSubscriber(), _deadline.Token);
        var log = await first.OpenAsync(Name, new RecordingSubscriber(), _deadline.Token);
        await AppendAsync(log, RoomEvent.Joined(_alice));
        if (isAway)
            await AppendAsync(log, RoomEvent.Away(_alice));

        await log.DisposeAsync();
        await first.StopAsync();

        await LeaveIsSeenAsync(watched);
    }

    [Fact]
    public async Task A_member_that_is_away_belongs_to_the_node_that_has_swept_its_last_one()
    {
        await using var watching = await _stores.CreateAsync();
        await using var watched = await watching.OpenAsync(Name, new RecordingSubscriber(), _deadline.Token);
        await using var first = await _stores.OpenAsync();
        var log = await first.OpenAsync(Name, new RecordingSubscriber(), _deadline.Token);
        await AppendAsync(log, RoomEvent.Joined(_alice));
        await AppendAsync(log, RoomEvent.Away(_alice));

        // As a sweep does for a member with a session.
        await AppendAsync(watched, RoomEvent.Away(_alice));

        var holder = await HolderAsync(watching);
        Assert.Equal(watching.Node!.Id, holder);
    }

    [Fact]
    public async Task A_session_that_is_unserved_at_two_checks_is_found()
    {
        await using var store = await _stores.CreateAsync();
        var sessions = new UnservedSessions(store);
        var (lost, served) = (NewSession(11), NewSession(12));
        Assert.True(await store.Sessions.AddAsync(lost));
        Assert.True(await store.Sessions.AddAsync(served));

        Assert.Empty(await sessions.FindAsync(store.Node!, IsServed));
        var found = Assert.Single(await sessions.FindAsync(store.Node!, IsServed));

        Assert.Equal((lost.Number, true), (found.Session.Number, found.Session.IsAway));
        static bool IsServed(long number) => number == 12;
    }

    [Fact]
    public async Task A_session_that_is_served_at_the_second_check_is_not_found()
    {
        await using var store = await _stores.CreateAsync();
        var sessions = new UnservedSessions(store);
        Assert.True(await store.Sessions.AddAsync(NewSession(11)));

        Assert.Empty(await sessions.FindAsync(store.Node!, static _ => false));
        Assert.Empty(await sessions.FindAsync(store.Node!, static _ => true));
        Assert.Empty(await sessions.FindAsync(store.Node!, static _ => false));
    }

    public void Dispose() => _deadline.Dispose();

    private static SessionRecord NewSession(long number) => new() { Number = number, UserId = (int)number, Nick = $"user {number}", Token = SecretHash.Of(BitConverter.GetBytes(number)), Grace = TimeSpan.FromSeconds(30) };

    private static async Task AppendAsync(IRoomLog log, RoomEvent roomEvent) => Assert.Equal(AppendStatus.Appended, (await log.AppendAsync(new RoomAppend(roomEvent))).Status);

    private static async Task<string> HolderAsync(RedisStore store)
    {
        var entry = (string)(await store.Database.HashGetAsync(store.Keys.Room(Name).Members, _alice.Id))!;
        return entry.Split(' ')[3];
    }

    private async Task LeaveIsSeenAsync(IRoomLog log)
    {
        while (true)
        {
            var page = await log.ReadAsync(null, 100, _deadline.Token);
            if (page.Events.Any(static e => e.Kind == RoomEventKind.Left))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), _deadline.Token);
        }
    }
}

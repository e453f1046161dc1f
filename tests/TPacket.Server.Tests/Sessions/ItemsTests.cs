using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions;

/// <summary>State of an application for a user or a room.</summary>
public sealed class ItemsTests : SessionScene
{
    private const int Count = 300;

    [Fact]
    public void A_collection_has_one_value_of_each_type()
    {
        var items = new ItemCollection();
        Assert.Null(items.Get<Counter>());
        Assert.False(items.Remove<Counter>());
        var counter = items.GetOrAdd<Counter>();
        Assert.Same(counter, items.GetOrAdd(static () => new Counter { Value = 7 }));
        items.Set("text");
        Assert.Equal(("text", counter), (items.Get<string>(), items.Get<Counter>()));
        items.Set(new Counter { Value = 9 });
        Assert.True(items.TryGet<Counter>(out var other));
        Assert.Equal(9, other.Value);
        Assert.True(items.Remove<Counter>());
        Assert.False(items.TryGet(out other));
    }

    [Fact]
    public async Task Threads_that_ask_at_once_get_one_value()
    {
        var items = new ItemCollection();
        using var start = new Barrier(4);
        var created = 0;
        var got = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return items.GetOrAdd(() => new Counter { Value = Interlocked.Increment(ref created) });
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(1, created);
        Assert.Single(got.Distinct());
    }

    [Fact]
    public async Task Items_of_a_user_end_with_its_connection_where_it_has_no_session()
    {
        await using var server = await TestServer.StartAsync(build: Register);
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            Assert.Equal(1, (await alice.ReplyAsync(Count)).P1);
            Assert.Equal(2, (await alice.ReplyAsync(Count)).P1);
        }

        await server.EndedAsync();
        await using var again = await server.JoinAsync("alice", "room");
        Assert.Equal(1, (await again.ReplyAsync(Count)).P1);
    }

    [Fact]
    public async Task Items_of_a_user_stay_the_same_while_it_is_away_and_after_it_resumes()
    {
        await using var server = await StartAsync(build: Register);
        await using var alice = await server.SignInAsync("alice");
        // Before the session begins.
        Assert.Equal(1, (await alice.ReplyAsync(Count)).P1);
        Assert.Equal(Wire.Session, (await alice.ReplyAsync(Wire.Session, Token)).Command);
        Assert.Equal(2, (await alice.ReplyAsync(Count)).P1);
        alice.Cut();
        await server.AwayAsync();
        var away = Assert.Single(((IUserDirectory)server.Services.GetService(typeof(IUserDirectory))!).Users);
        Assert.True(away.IsAway);
        Assert.Equal(2, away.Items.Get<Counter>()!.Value);

        await using var back = await server.ResumeAsync(Token);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        Assert.Equal(3, (await back.ReplyAsync(Count)).P1);
    }

    [Fact]
    public async Task Items_of_a_room_live_while_it_is_open()
    {
        await using var server = await TestServer.StartAsync(build: Register);
        await using (var alice = await server.JoinAsync("alice", "room"))
        await using (var bob = await server.JoinAsync("bob", "room"))
        {
            await alice.FenceAsync();
            Assert.Equal(1, (await alice.ReplyAsync(Count)).P2);
            Assert.Equal(2, (await bob.ReplyAsync(Count)).P2);
        }

        await server.EndedAsync(2);
        await using var carol = await server.JoinAsync("carol", "room");
        Assert.Equal(1, (await carol.ReplyAsync(Count)).P2);
    }

    [Fact]
    public async Task A_member_is_resolved_to_its_user()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "other");
        var (room, other) = (server.Rooms.Find("room")!, server.Rooms.Find("other")!);
        var user = Assert.Single(room.Users);
        Assert.Equal(("alice", room), (user.Nick, user.Room));
        Assert.Same(user, room.FindUser(Assert.Single(room.Members)));
        Assert.Null(room.FindUser(Assert.Single(other.Members)));
    }

    [Fact]
    public async Task A_member_that_is_away_is_resolved_to_its_user()
    {
        await using var server = await StartAsync();
        var alice = await server.JoinWithSessionAsync("alice", Token);
        alice.Cut();
        await server.AwayAsync();
        var room = server.Rooms.Find("room")!;
        Assert.True(Assert.Single(room.Users).IsAway);
    }

    private static void Register(ITPacketServerBuilder builder) => builder.AddCommand(Count, static context =>
    {
        context.Reply(Count, ++context.User.Items.GetOrAdd<Counter>().Value, context.Room is { } room ? ++room.Items.GetOrAdd<Counter>().Value : 0);
        return default;
    });

    private sealed class Counter
    {
        public int Value { get; set; }
    }
}

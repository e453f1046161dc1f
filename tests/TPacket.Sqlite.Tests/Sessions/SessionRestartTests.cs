using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Sessions;

/// <summary>Users with a session after a restart.</summary>
public sealed class SessionRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly byte[] _token = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _next = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_user_resumes_on_the_next_server_with_the_missed_events()
    {
        var (id, position) = await LeaveBehindAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await using var server = await StartAsync();
        Assert.True(server.Users.Find(id) is { IsAway: true, Nick: "alice" });
        await using var thief = await server.SignInAsync("carol");
        Assert.Equal(Wire.ErrorNickTaken, (await thief.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await thief.AcceptAsync(Wire.Presence);
        // The user without a session has left, and the one with a session is away.
        var roster = (await thief.JoinAsync("room")).Where(static p => p.Command is Wire.NewUser or Wire.Presence).Select(static p => (p.Command, p.Text, p.P2));
        Assert.Equal([(Wire.NewUser, "alice", 0), (Wire.Presence, "", 1), (Wire.NewUser, "carol", 0)], roster);
        await thief.SayAsync("after the restart");

        await using var back = await ResumeAsync(server, position);
        var received = await back.FenceAsync();
        Assert.Equal((Wire.Resume, 0, id), (received[0].Command, received[0].P1, received[0].P2));
        var events = received.Skip(1).Select(LogEvent.Of).ToArray();
        // bob sent a message before the end, and left with the server.
        Assert.Equal(Enumerable.Range((int)position.Offset + 1, events.Length), events.Select(static e => (int)e.Offset));
        Assert.Equal(server.Rooms.Find("room")!.Position, position with { Offset = events[^1].Offset, Check = events[^1].Check });
        Assert.Equal(
            [(Wire.Presence, "", 1), (Wire.NewMsg, "before the end", 0), (Wire.DelUser, "bob", 0), (Wire.NewUser, "carol", 0), (Wire.NewMsg, "after the restart", 0), (Wire.Presence, "", 0)],
            events.Select(static e => Assert.Single(e.Packets)).Select(static p => (p.Command, p.Text, p.P2)));
        Assert.Equal([new Packet(-1, Wire.Presence, "", id)], await thief.FenceAsync());

        // A repeated packet is not appended again. Its receipt was lost with the server.
        await back.SendBytesAsync(new Packet(0x5000, Wire.NewMsg, "once").Encode());
        Assert.Equal((0x5000, Wire.Receipt), await back.ReceiveAsync() is var receipt ? (receipt.Uid, receipt.Command) : default);
    }

    [Fact]
    public async Task The_grace_continues_after_a_restart_and_a_user_that_does_not_resume_leaves_once()
    {
        var (id, _) = await LeaveBehindAsync(10);
        _time.Advance(TimeSpan.FromHours(1));
        await using (var server = await StartAsync())
        {
            await using var carol = await server.SignInAsync("carol");
            await carol.JoinAsync("room");
            await AdvanceAsync(server, 15);
            Assert.True(server.Users.Find(id) is { IsAway: true });
            await AdvanceAsync(server, 10);
            Assert.Equal(new Packet(-1, Wire.DelUser, "alice", id), await carol.ReceiveAsync());
            await using var late = await ResumeAsync(server, default);
            Assert.Equal(Wire.ErrorSessionUnknown, (await late.ReceiveAsync()).P1);
            Assert.Equal(Wire.RespOk, (await late.ReplyAsync(Wire.SetUserNick, "alice")).Command);
        }

        await using var next = await StartAsync();
        await using var room = await next.Rooms.OpenAsync("room");
        var left = (await room.Room.ReadAsync(null, 100, default)).Events.Where(e => e.Kind == RoomEventKind.Left && e.Member!.Id == id);
        Assert.Equal(LeaveCause.Expired, Assert.Single(left).Cause);
    }

    [Fact]
    public async Task A_user_that_does_not_resume_leaves_a_closed_room()
    {
        var (id, _) = await LeaveBehindAsync();
        await using var server = await StartAsync();
        await using var carol = await server.SignInAsync("carol");
        await AdvanceAsync(server, 35);
        using var deadline = Deadline.Start();
        // The nick is free once the room's log has the leave.
        while ((await carol.ReplyAsync(Wire.SetUserNick, "alice")).Command != Wire.RespOk)
            deadline.Token.ThrowIfCancellationRequested();
        await using var room = await server.Rooms.OpenAsync("room");
        Assert.DoesNotContain(room.Room.Members, m => m.Id == id);
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(120, 100)]
    public async Task The_grace_of_a_room_continues_after_a_restart(int grace, int stays)
    {
        var (id, _) = await LeaveBehindAsync(2, TimeSpan.FromSeconds(grace));
        await using var server = await StartAsync();
        await using var carol = await server.SignInAsync("carol");
        await carol.JoinAsync("room");
        await AdvanceAsync(server, stays);
        Assert.True(server.Users.Find(id) is { IsAway: true });
        Assert.Empty(await carol.FenceAsync());
        await AdvanceAsync(server, grace - stays);
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", id), await carol.ReceiveAsync());
    }

    [Fact]
    public async Task A_nick_that_a_crash_has_left_in_the_log_alone_is_taken_back_when_the_user_returns()
    {
        int id;
        await using (var server = await StartAsync())
        {
            await using var bob = await server.SignInAsync("bob");
            await bob.JoinAsync("room");
            await using var alice = await server.SignInAsync("alice");
            id = (await alice.ReplyAsync(Wire.Session, _token)).P2;
            await alice.JoinAsync("room");
            await alice.SendAsync(Wire.SetUserNick, "alicia");
            await bob.FenceUntilAsync(static p => p.Text == "alicia");
            await alice.FenceAsync();
        }

        // As if the server had been killed before it updated the session.
        FileInspector.Execute(_folder.File, "UPDATE session SET nick = 'alice'");
        await using var again = await StartAsync();
        await using var carol = await again.SignInAsync("carol");
        Assert.Contains(await carol.JoinAsync("room"), static p => p.Text == "alicia");
        await using var back = await ResumeAsync(again, default);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);

        Assert.Equal([new(-1, Wire.DelUser, "alicia", id), new Packet(-1, Wire.NewUser, "alice", id)], await carol.FenceAsync());
        Assert.Equal(("alice", "alice"), (again.Users.Find(id)!.Nick, again.Rooms.Find("room")!.Members.Single(m => m.Id == id).Nick));
        await back.FenceUntilAsync(p => p == new Packet(-1, Wire.NewUser, "alice", id));
    }

    [Fact]
    public async Task After_a_restart_with_an_older_copy_a_user_that_has_seen_more_gets_a_snapshot()
    {
        var copy = _folder.File + ".copy";
        RoomPosition position;
        await using (var server = await StartAsync())
        {
            await using var bob = await server.SignInAsync("bob");
            await bob.JoinAsync("room");
            await using var alice = await server.SignInAsync("alice");
            await alice.AcceptAsync(Wire.Event);
            await alice.ReplyAsync(Wire.Session, _token);
            await alice.SendAsync(Wire.SetRoom, "room");
            await alice.FenceAsync();
            await server.BackUpAsync(copy);
            await bob.FenceAsync();
            await bob.SayAsync("lost with the file");
            var seen = LogEvent.Of((await alice.FenceAsync())[^1]);
            position = server.Rooms.Find("room")!.Position with { Offset = seen.Offset, Check = seen.Check };
            alice.Cut();
        }

        foreach (var rest in (string[])["", "-wal", "-shm"])
            File.Delete(_folder.File + rest);
        File.Move(copy, _folder.File);
        await using var again = await StartAsync();
        await using (var carol = await again.SignInAsync("carol"))
        {
            // Other events have the offsets of the lost ones.
            await carol.JoinAsync("room");
            await carol.SayAsync("another history");
        }

        await using var back = await ResumeAsync(again, position);
        var received = await back.FenceAsync();
        Assert.Equal((Wire.Resume, 1), (received[0].Command, received[0].P1));
        Assert.Equal((Wire.Snapshot, 1), (received[1].Command, received[1].P1));
        Assert.NotEqual(position.Epoch, RoomPosition.Read(received[1].Data).Epoch);
        Assert.DoesNotContain(received, static p => p.Text.Contains("lost with the file", StringComparison.Ordinal));
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(_folder.File, _time, static o => (o.AllowNickChange, o.PacketsPerSecond) = (true, 0));

    /// <summary>Ends a server with two members in a room: alice has a session and is away for a while, bob has no session.</summary>
    private async Task<(int Id, RoomPosition Position)> LeaveBehindAsync(int seconds = 0, TimeSpan? roomGrace = null)
    {
        await using var server = await StartAsync();
        await using var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(Wire.Presence);
        await bob.JoinAsync("room");
        var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Wire.Presence, Wire.Receipt);
        var begun = await alice.ReplyAsync(Wire.Session, _token);
        await alice.SendAsync(Wire.SetRoom, "room");
        await alice.SendBytesAsync(new Packet(0x5000, Wire.NewMsg, "once").Encode());
        var last = LogEvent.Of((await alice.FenceUntilAsync(static p => p.Command == Wire.Receipt))[^2]);
        var position = server.Rooms.Find("room")!.Position with { Offset = last.Offset, Check = last.Check };
        server.Rooms.Find("room")!.SessionGrace = roomGrace;
        alice.Cut();
        // When bob has received the absence, the log has it.
        await bob.FenceUntilAsync(static p => p.Command == Wire.Presence);
        await bob.SendAsync(Wire.NewMsg, "before the end");
        await bob.FenceAsync();
        await AdvanceAsync(server, seconds);
        return (begun.P2, position);
    }

    private async Task AdvanceAsync(TestHost server, int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await server.CommitAsync();
        }
    }

    private async Task<TestClient> ResumeAsync(TestHost server, RoomPosition position)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        var data = new byte[88];
        position.Write(data);
        _token.CopyTo(data, 24);
        _next.CopyTo(data, 56);
        await client.SendAsync(Wire.Resume, data);
        return client;
    }
}

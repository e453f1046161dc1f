using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Moderation;

/// <summary>Moderators delete messages (docs/moderation.md).</summary>
public class DeletedMessageTests
{
    [Fact]
    public async Task A_newcomer_receives_no_deleted_message_with_or_without_events()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await mod.SayAsync("one");
        await mod.SayAsync("two");
        await mod.SayAsync("three");

        // mod's join is at 0.
        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.DeleteMsg, p1: 2)).Command);

        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(["mod: one", "mod: three"], (await alice.JoinAsync("room")).Where(static p => p.Command == Wire.LoggedMsg).Select(static p => p.Text));
        await using var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(Wire.Event);
        Assert.Equal([1, 3], (await bob.FollowAsync("room")).History.Select(static e => e.Offset));
    }

    [Fact]
    public async Task Only_members_that_accept_the_command_are_notified()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await using var old = await server.JoinAsync("old", "room");
        await using var bare = await server.SignInAsync("bare");
        await bare.AcceptAsync(Wire.DeleteMsg);
        await bare.JoinAsync("room");
        await using var follower = await server.SignInAsync("follower");
        await follower.AcceptAsync(Wire.Event);
        await follower.FollowAsync("room");
        await using var both = await server.SignInAsync("both");
        await both.AcceptAsync(Wire.Event, Wire.DeleteMsg);
        var offset = (await both.FollowAsync("room")).Position.Offset + 1;
        await mod.FenceAsync();
        await mod.SayAsync("spam");
        foreach (var client in (TestClient[])[old, bare, follower, both])
            await client.FenceAsync();

        await mod.ReplyAsync(Wire.DeleteMsg, p1: (int)offset);

        Assert.Empty(await old.FenceAsync());
        Assert.Empty(await follower.FenceAsync());
        var deleted = new Packet(-1, Wire.DeleteMsg, "", (int)offset);
        Assert.Equal([deleted], await bare.FenceAsync());
        var seen = LogEvent.Of(Assert.Single(await both.FenceAsync()));
        Assert.Equal(offset + 1, seen.Offset);
        Assert.Equal([deleted], seen.Packets);
    }

    [Fact]
    public async Task A_resumed_member_does_not_receive_the_text_that_was_deleted_during_its_absence()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        var token = NewToken();
        await using var alice = await server.JoinWithSessionAsync("alice", token, Wire.Event, Wire.DeleteMsg);
        var before = alice.Position;
        alice.Cut();
        await server.AwayAsync();
        await mod.FenceAsync();
        await mod.SayAsync("spam");
        await mod.SayAsync("sorry");
        // After the event that reports alice as away.
        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.DeleteMsg, p1: (int)before.Offset + 2)).Command);

        await using var again = await server.ResumeAsync(token, position: before);

        var reply = await again.ReceiveAsync();
        Assert.Equal((Wire.Resume, 0), (reply.Command, reply.P1));
        var missed = (await again.FenceAsync()).Select(LogEvent.Of).SelectMany(static e => e.Packets).ToArray();
        Assert.Equal([new(-1, Wire.NewMsg, "sorry", mod.Id), new Packet(-1, Wire.DeleteMsg, "", (int)before.Offset + 2)], missed);
    }

    [Fact]
    public async Task Only_messages_of_the_moderators_room_are_deleted()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("one");
        await using var mod = await server.SignInAsync("mod");
        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.DeleteMsg, p1: 1)).P1);
        await mod.JoinAsync("room");

        Assert.Equal(Wire.ErrorRefused, (await alice.FenceUntilReplyAsync(Wire.DeleteMsg, "", 1)).P1);
        foreach (var (low, high) in ((int, int)[])[(0, 0), (2, 0), (99, 0), (1, 1), (-1, -1)])
            Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.DeleteMsg, p1: low, p2: high)).P1);
        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.DeleteMsg, p1: 1)).Command);
        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.DeleteMsg, p1: 1)).P1);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(build: static builder => builder.AddModeration(static options => options.IsModerator = static user => user.Nick == "mod"));
}

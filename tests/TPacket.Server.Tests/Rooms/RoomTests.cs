using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms;

/// <summary>Rooms and messages (docs/protocol.md, Level 3).</summary>
public class RoomTests
{
    [Fact]
    public async Task A_newcomer_receives_ok_roster_and_history_and_the_other_members_its_name()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("one");
        await alice.SayAsync("two");
        await using var bob = await server.SignInAsync("bob");
        var welcome = await bob.JoinAsync("room");

        Assert.Equal(["alice", "bob"], welcome[..2].Select(p => p.Text).Order());
        Assert.All(welcome[..2], p => Assert.Equal((-1, Wire.NewUser, 0), (p.Uid, p.Command, p.P2)));
        Assert.Equal([new(-1, Wire.LoggedMsg, "alice: one"), new(-1, Wire.LoggedMsg, "alice: two")], welcome[2..]);
        Assert.Equal([new(-1, Wire.NewUser, "bob", bob.Id)], await alice.FenceAsync());
        Assert.NotEqual(alice.Id, bob.Id);
    }

    [Fact]
    public async Task A_message_reaches_every_member_of_the_room_and_no_other_user()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var carol = await server.JoinAsync("carol", "other room");
        await using var dave = await server.SignInAsync("dave");
        await alice.SayAsync("grüße");
        Assert.Empty(await carol.FenceAsync());
        Assert.Empty(await dave.FenceAsync());
        Assert.Empty(await alice.FenceAsync());
    }

    [Fact]
    public async Task Parameters_of_a_message_are_not_passed_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(Wire.NewMsg, "x", p1: 77, p2: 88);
        Assert.Equal(new Packet(-1, Wire.NewMsg, "x", alice.Id), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task An_empty_message_and_a_message_of_exactly_the_limit_are_broadcast()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("");
        await alice.SayAsync(new string('x', 255));
    }

    [Fact]
    public async Task A_message_that_is_too_long_or_not_UTF8_is_refused_and_the_connection_stays()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        var refused = await alice.ReplyAsync(Wire.NewMsg, new string('x', 256));
        Assert.Equal((Wire.RespError, Wire.ErrorMessageTooLong), (refused.Command, refused.P1));
        Assert.Equal(Wire.ErrorNotUtf8, (await alice.ReplyAsync(Wire.NewMsg, [0xED, 0xA0, 0x80])).P1);
        await alice.SayAsync("fine");
    }

    [Theory]
    [InlineData(Wire.RespOk)]
    [InlineData(Wire.RespError)]
    [InlineData(Wire.NewUser)]
    [InlineData(Wire.DelUser)]
    [InlineData(Wire.LoggedMsg)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task An_unknown_command_is_refused_with_its_uid_and_the_connection_stays(int command)
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        var refused = await alice.ReplyAsync(command, "data", 1, 2);
        Assert.Equal((Wire.RespError, Wire.ErrorUnknownCommand), (refused.Command, refused.P1));
        await alice.SayAsync("fine");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task A_reply_has_the_uid_of_its_request(int uid)
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.SendBytesAsync(new Packet(uid, Wire.SetRoom, "room").Encode());
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task Nop_is_ignored()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(Wire.Nop);
        await alice.SendAsync(Wire.Nop, Wire.MagicString, 5, 6);
        Assert.Empty(await alice.FenceAsync());
    }

    [Fact]
    public async Task Room_names_have_rules()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorRoomNameInvalid, (await alice.ReplyAsync(Wire.SetRoom, "")).P1);
        Assert.Equal(Wire.ErrorRoomNameInvalid, (await alice.ReplyAsync(Wire.SetRoom, "a\u0085b")).P1);
        foreach (var name in new[] { " ", "\uFE0F", "\u200D", "\u3164", "\u2800", "\u202E", "a\uFFFEb", "a\uFFFF", "\uFDD0", "a\U0001FFFE" })
            Assert.Equal(Wire.ErrorRoomNameInvalid, (await alice.ReplyAsync(Wire.SetRoom, name)).P1);
        Assert.Equal(Wire.ErrorRoomNameTooLong, (await alice.ReplyAsync(Wire.SetRoom, new string('r', 65))).P1);
        Assert.Equal(Wire.ErrorNotUtf8, (await alice.ReplyAsync(Wire.SetRoom, [0xFF])).P1);
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Wire.NewMsg, "hello")).P1);
        await alice.JoinAsync(new string('r', 64));
    }

    [Fact]
    public async Task Room_names_are_compared_byte_by_byte()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");
        Assert.Single(await bob.JoinAsync("Room"));
        Assert.Equal(["Room", "room"], server.Rooms.Rooms.Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_second_room_is_refused_and_nothing_changes()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.ErrorRoomChangeNotAllowed, (await alice.ReplyAsync(Wire.SetRoom, "other")).P1);
        Assert.Equal(Wire.ErrorRoomChangeNotAllowed, (await alice.ReplyAsync(Wire.SetRoom, "room")).P1);
        await alice.SayAsync("still here");
        Assert.Equal("room", Assert.Single(server.Rooms.Rooms).Name);
    }

    [Fact]
    public async Task An_allowed_change_of_room_leaves_the_old_room_and_enters_the_new_one()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowRoomChange = true);
        await using var alice = await server.JoinAsync("alice", "first");
        await using var bob = await server.JoinAsync("bob", "first");
        await using var carol = await server.JoinAsync("carol", "second");
        await alice.FenceAsync();

        var welcome = await alice.JoinAsync("second");
        Assert.Equal(["alice", "carol"], welcome.Select(p => p.Text).Order());
        Assert.Equal([new(-1, Wire.DelUser, "alice", alice.Id)], await bob.FenceAsync());
        Assert.Equal([new(-1, Wire.NewUser, "alice", alice.Id)], await carol.FenceAsync());
        await bob.SayAsync("gone?");
        Assert.Empty(await alice.FenceAsync());
    }

    [Fact]
    public async Task A_room_change_to_a_wrong_name_changes_nothing()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowRoomChange = true);
        await using var alice = await server.JoinAsync("alice", "first");
        Assert.Equal(Wire.ErrorRoomNameInvalid, (await alice.ReplyAsync(Wire.SetRoom, "")).P1);
        await alice.SayAsync("still here");
    }

    [Fact]
    public async Task The_others_are_notified_when_a_connection_closes_or_vanishes()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var polite = await server.JoinAsync("polite", "room");
        using var rude = await server.ConnectRawAsync();
        var rudeId = await rude.JoinAsync("rude", "room");
        using var half = await server.ConnectRawAsync();
        var halfId = await half.JoinAsync("half", "room");
        await alice.FenceAsync();

        await polite.CloseAsync();
        Assert.Equal(new Packet(-1, Wire.DelUser, "polite", polite.Id), await alice.ReceiveAsync());
        rude.Reset();
        Assert.Equal(new Packet(-1, Wire.DelUser, "rude", rudeId), await alice.ReceiveAsync());
        half.ShutdownSend();
        Assert.Equal(new Packet(-1, Wire.DelUser, "half", halfId), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task A_room_ends_with_its_last_member_and_its_history_with_it()
    {
        await using var server = await TestServer.StartAsync();
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            await alice.SayAsync("to be forgotten");
            await alice.CloseAsync();
        }

        await server.EndedAsync();
        Assert.Empty(server.Rooms.Rooms);
        await using var bob = await server.SignInAsync("bob");
        Assert.Equal([new(-1, Wire.NewUser, "bob", 0x1001)], await bob.JoinAsync("room"));
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Invitations;

/// <summary>Private rooms and invitations to them (docs/moderation.md).</summary>
public class InvitationTests
{
    private static readonly byte[] _key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Any_user_makes_a_private_room_and_invited_users_enter_it()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var made = await alice.ReplyAsync(Wire.Invite, p2: 1);
        Assert.Equal((Wire.Invite, 86_400), (made.Command, made.P1));
        var room = made.Text.Split('\n')[0];
        Assert.Matches("^private/[0-9a-f]{20}$", room);
        await EnterAsync(alice, made.Text);
        Assert.Equal(["alice"], server.Rooms.Find(room)!.Members.Select(static member => member.Nick));

        var invitation = await alice.FenceUntilReplyAsync(Wire.Invite, "", 60);

        Assert.Equal((Wire.Invite, 60), (invitation.Command, invitation.P1));
        await using var bob = await server.SignInAsync("bob");
        Assert.Equal((Wire.RespError, Wire.ErrorInvitationRequired), await RefusedAsync(bob, room));
        await EnterAsync(bob, invitation.Text);
        Assert.Equal(2, server.Rooms.Find(room)!.MemberCount);
    }

    [Fact]
    public async Task An_invitation_ends()
    {
        await using var server = await StartAsync();
        var invitation = server.Services.GetRequiredService<IInvitations>().Invite("private/tea", TimeSpan.FromSeconds(60));
        await using var alice = await server.SignInAsync("alice");
        await using var bob = await server.SignInAsync("bob");

        _time.Advance(TimeSpan.FromSeconds(59));
        await EnterAsync(alice, invitation);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((Wire.RespError, Wire.ErrorInvitationRequired), await RefusedAsync(bob, invitation));
    }

    [Fact]
    public async Task An_invitation_without_a_valid_signature_is_refused()
    {
        await using var server = await StartAsync();
        await using var another = await StartAsync(static options => options.Key = new byte[32]);
        var invitation = server.Services.GetRequiredService<IInvitations>().Invite("private/tea", TimeSpan.FromDays(1));
        await using var alice = await server.SignInAsync("alice");
        var (name, token) = (invitation.Split('\n')[0], invitation.Split('\n')[1]);

        var forged = Enumerable.Range(0, token.Length).Select(i => $"{name}\n{token[..i]}{(token[i] == 'A' ? 'B' : 'A')}{token[(i + 1)..]}");
        string[] wrong =
        [
            .. forged, name, $"{name}\n", $"{name}\n{token[..^1]}", $"{name}\n{token}A", $"{name}\n{token}\n", $"private/coffee\n{token}",
            another.Services.GetRequiredService<IInvitations>().Invite("private/tea", TimeSpan.FromDays(1)),
        ];
        foreach (var data in wrong)
            Assert.Equal((Wire.RespError, Wire.ErrorInvitationRequired), await RefusedAsync(alice, data));
        await EnterAsync(alice, invitation);
    }

    [Fact]
    public async Task Servers_with_the_same_key_accept_each_others_invitations()
    {
        await using var server = await StartAsync(static options => options.Key = _key);
        await using var another = await StartAsync(static options => options.Key = _key);
        await using var alice = await another.SignInAsync("alice");

        await EnterAsync(alice, server.Services.GetRequiredService<IInvitations>().Invite("private/tea", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Other_rooms_are_open_to_all_and_a_member_can_enter_its_room_again()
    {
        await using var server = await StartAsync();
        var invitations = server.Services.GetRequiredService<IInvitations>();
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal((Wire.RespError, Wire.ErrorNotInRoom), Outcome(await alice.ReplyAsync(Wire.Invite)));
        await EnterAsync(alice, "Private/tea");
        Assert.False(invitations.IsPrivate("Private/tea"));
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), Outcome(await alice.ReplyAsync(Wire.Invite)));
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), Outcome(await alice.ReplyAsync(Wire.Invite, p1: -1, p2: 1)));
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), Outcome(await alice.ReplyAsync(Wire.Invite, p2: 2)));
        Assert.Equal(86_400, (await alice.ReplyAsync(Wire.Invite, p1: int.MaxValue, p2: 1)).P1);

        await EnterAsync(alice, invitations.Invite("private/tea", TimeSpan.FromSeconds(1)));
        await EnterAsync(alice, "private/tea");
    }

    [Fact]
    public async Task A_session_is_resumed_in_a_private_room_without_an_invitation()
    {
        await using var server = await StartAsync();
        var token = NewToken();
        await using var alice = await server.SignInAsync("alice");
        await alice.ReplyAsync(Wire.Session, token);
        await EnterAsync(alice, server.Services.GetRequiredService<IInvitations>().Invite("private/tea", TimeSpan.FromSeconds(1)));
        alice.Cut();
        await server.AwayAsync();
        _time.Advance(TimeSpan.FromSeconds(2));

        await using var again = await server.ResumeAsync(token);

        var reply = await again.ReceiveAsync();
        Assert.Equal((Wire.Resume, 1), (reply.Command, reply.P1));
    }

    [Fact]
    public async Task Without_the_feature_no_room_is_private()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");

        Assert.Equal((Wire.RespError, -2), Outcome(await alice.ReplyAsync(Wire.Invite, p2: 1)));
        Assert.Equal((Wire.RespError, Wire.ErrorRoomNameInvalid), await RefusedAsync(alice, "private/tea\nabc"));
        await EnterAsync(alice, "private/tea");
    }

    [Fact]
    public async Task A_host_invites_to_private_rooms_alone_and_sets_valid_options()
    {
        await using var server = await StartAsync();
        var invitations = server.Services.GetRequiredService<IInvitations>();
        Assert.True(invitations.IsPrivate(invitations.NewRoom()));
        Assert.Throws<ArgumentException>(() => invitations.Invite("lobby", TimeSpan.FromDays(1)));
        Assert.Throws<ArgumentException>(() => invitations.Invite("private/\n", TimeSpan.FromDays(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => invitations.Invite("private/tea", TimeSpan.Zero));

        var builder = new ServiceCollection().AddTPacketServer();
        Assert.Throws<ArgumentException>(() => builder.AddInvitations(static options => options.RoomPrefix = ""));
        Assert.Throws<ArgumentException>(() => builder.AddInvitations(static options => options.Key = new byte[31]));
        Assert.Throws<ArgumentException>(() => builder.AddInvitations(static options => options.MaxDuration = TimeSpan.Zero));
        builder.AddInvitations();
        Assert.Throws<InvalidOperationException>(() => builder.AddInvitations());
    }

    private static (int Command, int P1) Outcome(Packet reply) => (reply.Command, reply.P1);

    private static async Task<(int Command, int P1)> RefusedAsync(TestClient client, string room) => Outcome(await client.ReplyAsync(Wire.SetRoom, room));

    private static async Task EnterAsync(TestClient client, string room)
    {
        Assert.Equal(Wire.RespOk, (await client.FenceUntilReplyAsync(Wire.SetRoom, room)).Command);
        await client.FenceAsync();
    }

    private Task<TestServer> StartAsync(Action<InvitationOptions>? configure = null) => TestServer.StartAsync(
        static options => (options.AllowRoomChange, options.PingAfterIdle, options.PacketsPerSecond) = (true, TimeSpan.FromDays(1), 0),
        builder => builder.AddInvitations(configure),
        _time);
}

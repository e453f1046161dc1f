using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Moderation;

/// <summary>Moderators kick, ban and mute (docs/moderation.md).</summary>
public class ModerationTests
{
    [Fact]
    public async Task A_kicked_user_is_disconnected_and_can_connect_again()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await using var alice = await server.JoinAsync("alice", "room");

        Assert.Equal(Wire.RespOk, (await mod.FenceUntilReplyAsync(Wire.Kick, "be nice", alice.Id)).Command);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        alice.Cut();
        await server.EndedAsync();
        await using var again = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.FenceUntilReplyAsync(Wire.Kick, "", 99)).P1);
    }

    [Fact]
    public async Task A_banned_nick_is_disconnected_and_refused_in_every_spelling()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await using var alice = await server.JoinAsync("alice", "room");

        Assert.Equal(Wire.RespOk, (await mod.FenceUntilReplyAsync(Wire.Ban, "ALICE\nspam")).Command);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        alice.Cut();
        await server.EndedAsync();
        await using var again = await server.ConnectAsync();
        await again.SendAsync(Wire.Nop, Wire.MagicString);
        var reply = await again.ReplyAsync(Wire.SetUserNick, "Alice");
        Assert.Equal((Wire.RespError, Wire.ErrorBanned, "You are banned: spam"), (reply.Command, reply.P1, reply.Text));
        Assert.Equal(Wire.RespOk, (await again.ReplyAsync(Wire.SetUserNick, "bob")).Command);
    }

    [Theory]
    [InlineData(NickLookAlikes.Accept, "alice", "\u0430lice", false)]
    [InlineData(NickLookAlikes.RefuseAcrossScripts, "alice", "\u0430lice", true)]
    [InlineData(NickLookAlikes.RefuseAcrossScripts, "\u0430lice", "alice", true)]
    [InlineData(NickLookAlikes.RefuseAcrossScripts, "bob1", "bobl", false)]
    [InlineData(NickLookAlikes.Refuse, "bob1", "bobl", true)]
    public async Task A_ban_and_a_mute_apply_to_look_alike_nicks_if_users_cannot_have_both(NickLookAlikes lookAlikes, string nick, string other, bool holds)
    {
        await using var server = await TestServer.StartAsync(options => options.NickLookAlikes = lookAlikes, static builder => Add(builder));
        await using var mod = await server.SignInAsync("mod");
        await using var user = await server.JoinAsync(other, "room");

        await mod.ReplyAsync(Wire.Mute, nick);
        if (holds)
            Assert.Equal(Wire.ErrorMuted, (await user.ReplyAsync(Wire.NewMsg, "HELLO")).P1);
        else
            await user.SayAsync("hello");

        await mod.ReplyAsync(Wire.Unmute, nick);
        await mod.ReplyAsync(Wire.Ban, nick);
        if (holds)
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, await user.ReceiveCloseAsync());
        else
            await user.SayAsync("still here");
    }

    [Fact]
    public async Task An_away_user_with_a_banned_nick_cannot_resume()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "lobby");
        var token = NewToken();
        await using var alice = await server.JoinWithSessionAsync("alice", token);
        alice.Cut();
        await server.AwayAsync();

        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Ban, "alice")).Command);

        await server.Logs.FirstAsync(static e => e.Id == 1210);
        await using var again = await server.ResumeAsync(token);
        Assert.Equal(Wire.ErrorSessionUnknown, (await again.ReceiveAsync()).P1);
    }

    [Fact]
    public async Task A_lifted_or_expired_ban_rejects_no_client()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time: time);
        await using var mod = await server.SignInAsync("mod");
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        await mod.ReplyAsync(Wire.Ban, "alice", 60);
        Assert.Equal(Wire.ErrorBanned, (await client.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await mod.ReplyAsync(Wire.Ban, "bob");
        Assert.Equal(Wire.ErrorBanned, (await client.ReplyAsync(Wire.SetUserNick, "bob")).P1);

        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Unban, "Bob")).Command);

        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.Unban, "bob")).P1);
        Assert.Empty(await server.Services.GetRequiredService<IModeration>().ReadAsync());
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "alice")).Command);
    }

    [Fact]
    public async Task Expired_entries_use_no_space()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(options => options.MaxEntries = 1, time);
        var moderation = server.Services.GetRequiredService<IModeration>();
        await moderation.AddAsync(SanctionKind.Mute, "alice", TimeSpan.FromSeconds(60));
        await moderation.AddAsync(SanctionKind.Mute, "Alice", TimeSpan.FromSeconds(70), "again", "host");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await moderation.AddAsync(SanctionKind.Mute, "bob"));
        Assert.Equal(new Sanction(SanctionKind.Mute, "Alice", time.GetUtcNow().AddSeconds(70), "host", "again"), Assert.Single(await moderation.ReadAsync()));

        var room = server.Rooms.Find("\u0001moderation")!;
        var before = room.Position.Offset;
        time.Advance(TimeSpan.FromSeconds(70));
        using var deadline = Deadline.Start();
        while (room.Position.Offset == before)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await moderation.AddAsync(SanctionKind.Mute, "bob");
    }

    [Fact]
    public async Task A_banned_address_is_disconnected_and_cannot_sign_in()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var moderation = server.Services.GetRequiredService<IModeration>();

        await moderation.AddAsync(SanctionKind.AddressBan, "127.0.0.1", reason: "spam");

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        await using var again = await server.ConnectAsync();
        await again.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorBanned, (await again.ReplyAsync(Wire.SetUserNick, "bob")).P1);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await again.ReceiveCloseAsync());
        Assert.True(await moderation.LiftAsync(SanctionKind.AddressBan, "::ffff:127.0.0.1"));
        await using var third = await server.SignInAsync("bob");
    }

    [Fact]
    public async Task A_moderator_bans_the_address_of_a_user()
    {
        await using var server = await StartAsync();
        await using var mod = await server.SignInAsync("mod");
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.Ban, "99", p2: 2)).P1);
        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.Ban, "alice", p2: 2)).P1);

        // The moderator has the same address.
        await mod.SendAsync(Wire.Ban, $"{alice.Id}\nspam", 60, 2);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        var entry = Assert.Single(await server.Services.GetRequiredService<IModeration>().ReadAsync());
        Assert.Equal((SanctionKind.AddressBan, "127.0.0.1", "mod", "spam"), (entry.Kind, entry.Target, entry.By, entry.Reason));
    }

    [Fact]
    public async Task A_moderator_reads_the_bans_in_pages()
    {
        await using var server = await StartAsync(static options => options.MaxReasonBytes = 32_768, new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        await using var mod = await server.SignInAsync("mod");
        var moderation = server.Services.GetRequiredService<IModeration>();
        await moderation.AddAsync(SanctionKind.Mute, "eve", TimeSpan.FromHours(1), "caps", "the host");
        for (var i = 0; i < 70; i++)
            await moderation.AddAsync(SanctionKind.NickBan, $"user{i:00}");

        var first = await mod.ReplyAsync(Wire.ListBans);
        var second = await mod.ReplyAsync(Wire.ListBans, p1: 64);
        var third = await mod.ReplyAsync(Wire.ListBans, p1: 71);

        Assert.All([first, second, third], static page => Assert.Equal((Wire.ListBans, 71), (page.Command, page.P1)));
        Assert.Equal(Enumerable.Range(0, 64).Select(static i => $"user{i:00}"), Targets(first));
        Assert.StartsWith("""[{"kind":0,"target":"user00","by":"","reason":""},{"kind":0,"target":"user01",""", first.Text, StringComparison.Ordinal);
        Assert.EndsWith(""",{"kind":2,"target":"eve","until":"2026-01-01T01:00:00+00:00","by":"the host","reason":"caps"}]""", second.Text, StringComparison.Ordinal);
        Assert.Equal(7, Targets(second).Count());
        Assert.Equal("[]", third.Text);
        await moderation.AddAsync(SanctionKind.NickBan, "aaa", reason: new string('x', 17_000));
        Assert.Equal(["aaa"], Targets(await mod.ReplyAsync(Wire.ListBans)));

        static IEnumerable<string?> Targets(Packet page) => System.Text.Json.JsonDocument.Parse(page.Data).RootElement.EnumerateArray().Select(static entry => entry.GetProperty("target").GetString());
    }

    [Fact]
    public async Task A_muted_user_receives_messages_and_cannot_speak_or_change_its_nick()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await using var alice = await server.JoinAsync("alice", "room");
        await mod.FenceUntilReplyAsync(Wire.Mute, "Alice\ncaps");

        var reply = await alice.ReplyAsync(Wire.NewMsg, "HELLO");
        Assert.Equal((Wire.RespError, Wire.ErrorMuted, "You are muted: caps"), (reply.Command, reply.P1, reply.Text));
        Assert.Equal(Wire.ErrorMuted, (await alice.ReplyAsync(Wire.SetUserNick, "alison")).P1);
        await mod.SayAsync("quiet now");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "quiet now", mod.Id), await alice.ReceiveAsync());

        await mod.FenceUntilReplyAsync(Wire.Unmute, "alice");
        await alice.SayAsync("hello");
    }

    [Theory]
    [InlineData(Wire.Kick)]
    [InlineData(Wire.Ban)]
    [InlineData(Wire.Unban)]
    [InlineData(Wire.Mute)]
    [InlineData(Wire.Unmute)]
    [InlineData(Wire.DeleteMsg)]
    [InlineData(Wire.ListBans)]
    public async Task Users_that_are_not_moderators_are_refused(int command)
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");

        Assert.Equal(Wire.ErrorRefused, (await alice.ReplyAsync(command, "alice", command == Wire.Kick ? alice.Id : 0)).P1);
        await alice.SayAsync("still here");
    }

    [Theory]
    [InlineData(Wire.Ban, "alice", -1, 0)]
    [InlineData(Wire.Ban, "alice", 0, 2)]
    [InlineData(Wire.Ban, "alice", 0, 3)]
    [InlineData(Wire.Ban, "alice", 0, 1)]
    [InlineData(Wire.Ban, "", 0, 0)]
    [InlineData(Wire.Unban, "alice", 0, 1)]
    [InlineData(Wire.Mute, "\nwhy", 0, 0)]
    [InlineData(Wire.Unmute, "alice", 0, 0)]
    public async Task Invalid_arguments_of_a_command_are_refused(int command, string text, int p1, int p2)
    {
        await using var server = await StartAsync();
        await using var mod = await server.SignInAsync("mod");

        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(command, text, p1, p2)).P1);
        Assert.Empty(await server.Services.GetRequiredService<IModeration>().ReadAsync());
    }

    [Theory]
    [InlineData("alice", 4, true)]
    [InlineData("alice", 5, false)]
    [InlineData("aliceandbob", 0, false)]
    [InlineData("127.0.0.1", 4, true)]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001", 0, false)]
    public async Task The_lengths_of_target_and_reason_are_bounded(string target, int reasonLength, bool isAccepted)
    {
        await using var server = await TestServer.StartAsync(static options => options.MaxNickBytes = 10, static builder => Add(builder, static options => options.MaxReasonBytes = 4));
        await using var mod = await server.SignInAsync("mod");
        var reason = new string('x', reasonLength);
        var isAddress = char.IsAsciiDigit(target[0]);
        var kind = isAddress ? SanctionKind.AddressBan : SanctionKind.NickBan;
        var moderation = server.Services.GetRequiredService<IModeration>();

        if (isAccepted)
        {
            await moderation.AddAsync(kind, target, reason: reason);
            Assert.Equal(reason, Assert.Single(await moderation.ReadAsync()).Reason);
            return;
        }

        Assert.Equal(Wire.ErrorInvalidArgument, (await mod.ReplyAsync(Wire.Ban, $"{target}\n{reason}", p2: isAddress ? 1 : 0)).P1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await moderation.AddAsync(kind, target, reason: reason));
        Assert.Empty(await moderation.ReadAsync());
    }

    [Fact]
    public async Task The_log_names_the_moderator_and_the_action()
    {
        await using var server = await StartAsync();
        await using var mod = await server.JoinAsync("mod", "room");
        await using var alice = await server.SignInAsync("alice");

        await mod.ReplyAsync(Wire.Mute, "eve\nsecret reason");
        await mod.ReplyAsync(Wire.Kick, "", 99);
        await mod.ReplyAsync(Wire.Ban, $"{99}\nsecret reason", p2: 2);
        await mod.ReplyAsync(Wire.DeleteMsg, "", 7, 1);
        await alice.ReplyAsync(Wire.Mute, "mod");

        await server.Logs.NthAsync(3, static e => e.Id == 1752);
        Assert.Equal(
            [
                $"1750 Moderator {mod.Id} 'mod' requests Mute of 'eve'.",
                $"1751 Mute of 'eve', requested by moderator {mod.Id}, has taken effect.",
                $"1750 Moderator {mod.Id} 'mod' requests Kick of user 99.",
                $"1752 Kick of user 99, requested by moderator {mod.Id}, was refused: There is no such user.",
                $"1750 Moderator {mod.Id} 'mod' requests Ban of the address of user 99.",
                $"1752 Ban of the address of user 99, requested by moderator {mod.Id}, was refused: There is no such user, or it has no address.",
                $"1750 Moderator {mod.Id} 'mod' requests DeleteMsg of offset 4294967303 of room 'room'.",
                $"1752 DeleteMsg of offset 4294967303 of room 'room', requested by moderator {mod.Id}, was refused: There is no such message in your room.",
            ],
            server.Logs.All.Where(static e => e.Id is >= 1750 and < 1800).Select(static e => $"{e.Id} {e.Message}"));
    }

    private static Task<TestServer> StartAsync(Action<ModerationOptions>? configure = null, TimeProvider? time = null) => TestServer.StartAsync(
        static options =>
        {
            options.AllowNickChange = true;
            (options.PingAfterIdle, options.NickTimeout) = (TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        },
        builder => Add(builder, configure),
        time);

    private static void Add(ITPacketServerBuilder builder, Action<ModerationOptions>? configure = null) => builder.AddModeration(options =>
    {
        options.IsModerator = static user => user.Nick == "mod";
        configure?.Invoke(options);
    });
}

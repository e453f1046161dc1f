using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Moderation;

/// <summary>The requests of moderators, against a server with moderation.</summary>
public sealed class ModeratorTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = Deadline.Start();

    [Fact]
    public async Task A_banned_nick_is_rejected_until_the_ban_is_lifted()
    {
        await using var server = await StartAsync();
        var moderator = new Moderator(await server.EnterAsync("mod"));
        await moderator.BanNickAsync("eve", reason: "spam");

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => server.Client().ConnectAsync("eve", "lobby", _deadline.Token));
        Assert.Equal(PacketErrorCode.Banned, refused.Code);
        Assert.EndsWith("spam", refused.Text, StringComparison.Ordinal);
        await moderator.UnbanNickAsync("eve");
        await server.EnterAsync("eve");
    }

    [Fact]
    public async Task The_list_has_each_ban_and_mute_with_its_end_and_its_reason()
    {
        await using var server = await StartAsync();
        var moderator = new Moderator(await server.EnterAsync("mod"));
        await moderator.BanNickAsync("eve", TimeSpan.FromHours(1), "spam", _deadline.Token);
        await moderator.BanAddressAsync("203.0.113.7", cancellationToken: _deadline.Token);
        await moderator.MuteAsync("carol", TimeSpan.FromMilliseconds(59_001), "loud", _deadline.Token);

        var sanctions = await moderator.ListAsync(_deadline.Token);
        Assert.Equal(
            [(SanctionKind.NickBan, "eve", "spam", true), (SanctionKind.AddressBan, "203.0.113.7", "", false), (SanctionKind.Mute, "carol", "loud", true)],
            sanctions.Select(static sanction => (sanction.Kind, sanction.Target, sanction.Reason, sanction.Until is not null)));
        Assert.All(sanctions, static sanction => Assert.Equal("mod", sanction.By));
        await moderator.UnbanAddressAsync("203.0.113.7", _deadline.Token);
        await moderator.UnmuteAsync("carol", _deadline.Token);
        Assert.Equal(["eve"], (await moderator.ListAsync(_deadline.Token)).Select(static sanction => sanction.Target));
    }

    [Fact]
    public async Task The_list_has_all_pages()
    {
        await using var server = await StartAsync();
        var moderator = new Moderator(await server.EnterAsync("mod"));
        string[] nicks = [.. Enumerable.Range(100, 130).Select(static number => $"eve{number}")];
        foreach (var nick in nicks)
            await moderator.BanNickAsync(nick, cancellationToken: _deadline.Token);

        Assert.Equal(nicks, (await moderator.ListAsync(_deadline.Token)).Select(static sanction => sanction.Target));
    }

    [Fact]
    public async Task The_list_ends_although_a_server_sends_pages_without_end()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var page = $"[{string.Join(',', Enumerable.Repeat("""{"kind":0,"target":"eve","by":"mod","reason":""}""", 1024))}]";

        var listing = new Moderator(client).ListAsync(_deadline.Token);
        var pages = 0;
        for (; pages < 65; pages++)
            await session.SendAsync((int)PacketCommand.ListBans, int.MaxValue, page, (await session.ReadAsync((int)PacketCommand.ListBans)).Uid);

        Assert.Equal(pages * 1024, (await listing).Count);
    }

    [Fact]
    public async Task A_muted_user_cannot_speak_and_a_kicked_one_is_disconnected()
    {
        await using var server = await StartAsync();
        var moderator = new Moderator(await server.EnterAsync("mod"));
        var eve = await server.EnterAsync("eve");
        await moderator.MuteAsync("eve", cancellationToken: _deadline.Token);
        Assert.Equal(PacketErrorCode.Muted, (await Assert.ThrowsAsync<RequestRefusedException>(() => eve.SendAsync("hello", _deadline.Token))).Code);

        var closed = new TaskCompletionSource<ClientState>(TaskCreationOptions.RunContinuationsAsynchronously);
        eve.StateChanged += state =>
        {
            if (state.Cause is not null)
                closed.TrySetResult(state);
        };
        await moderator.KickAsync(server.User("eve").Id, "enough", _deadline.Token);
        Assert.Equal(1008, (int)(await closed.Task.WaitAsync(_deadline.Token)).Cause!.CloseStatus!);
    }

    [Fact]
    public async Task A_ban_of_the_address_of_an_unknown_user_is_refused()
    {
        await using var server = await StartAsync();
        var moderator = new Moderator(await server.EnterAsync("mod"));
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => moderator.BanAddressOfAsync(4711, cancellationToken: _deadline.Token));
        Assert.Equal(PacketErrorCode.InvalidArgument, refused.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Members_that_accept_deletions_receive_the_offset_of_a_deleted_message(bool followsLog)
    {
        await using var server = await StartAsync();
        var mod = await server.EnterAsync("mod");
        var deleted = new ConcurrentQueue<MessageDeleted>();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bob = server.Client(options =>
        {
            options.AcceptDeletions();
            options.FollowLog = followsLog;
        });
        bob.EventReceived += happened =>
        {
            if (happened is not MessageDeleted deletion)
                return;
            deleted.Enqueue(deletion);
            received.TrySetResult();
        };
        await bob.ConnectAsync("bob", "lobby", _deadline.Token);
        var receipt = await mod.SendAsync("delete me", _deadline.Token);
        await new Moderator(mod).DeleteMessageAsync(receipt.Offset!.Value, _deadline.Token);

        await received.Task.WaitAsync(_deadline.Token);
        Assert.Equal(receipt.Offset, Assert.Single(deleted).MessageOffset);
    }

    [Fact]
    public async Task A_user_that_is_not_a_moderator_is_refused()
    {
        await using var server = await StartAsync();
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(async () => await new Moderator(await server.EnterAsync("eve")).KickAsync(1, cancellationToken: _deadline.Token));
        Assert.Equal(PacketErrorCode.Refused, refused.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2_147_483_648)]
    public async Task A_duration_is_positive_and_fits_into_31_bits(long seconds)
    {
        await using var client = new TPacketClient(new Uri("ws://localhost/"));
        var duration = TimeSpan.FromSeconds(seconds);
        Assert.Equal("duration", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new Moderator(client).MuteAsync("eve", duration))).ParamName);
        Assert.Equal("duration", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.InviteAsync(duration: duration))).ParamName);
    }

    [Fact]
    public async Task A_nick_with_a_line_feed_is_rejected()
    {
        await using var client = new TPacketClient(new Uri("ws://localhost/"));
        await Assert.ThrowsAsync<ArgumentException>(() => new Moderator(client).BanNickAsync("bob\nx", cancellationToken: _deadline.Token));
    }

    public void Dispose() => _deadline.Dispose();

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(configure: static builder => builder.AddModeration(static options => options.IsModerator = static user => user.Nick == "mod"));
}

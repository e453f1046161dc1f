using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>Bans and mutes on several servers.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisModerationTests(RedisFixture redis)
{
    [Fact]
    public async Task A_moderator_of_one_server_bans_and_mutes_users_of_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(
            redis.Server.Configuration, 2, build: static server => server.AddModeration(static options => options.IsModerator = static user => user.Nick == "mod"));
        await using var mod = await cluster[0].SignInAsync("mod");
        await using var alice = await cluster[1].SignInAsync("alice");
        await using var bob = await cluster[1].SignInAsync("bob");
        await bob.JoinAsync("room");

        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Ban, "alice\nspam", 3600)).Command);
        Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Mute, "bob", 3600)).Command);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        await using var again = await cluster[1].ConnectAsync();
        await again.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorBanned, (await again.ReplyAsync(Wire.SetUserNick, "Alice")).P1);
        await Poll.UntilAsync(async () =>
        {
            await bob.SendAsync(Wire.NewMsg, "hello");
            return (await bob.ReceiveAsync()).P1 == Wire.ErrorMuted;
        });
        await using var late = await TestHost.StartAsync(
            redis.Server.Configuration, cluster.Prefix, build: static server => server.AddModeration(static options => options.Role = "moderator"));
        await using var third = await late.ConnectAsync();
        await third.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorBanned, (await third.ReplyAsync(Wire.SetUserNick, "alice")).P1);
    }
}

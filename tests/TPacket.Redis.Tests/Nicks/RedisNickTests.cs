using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Nicks;

/// <summary>Nicks on one Redis.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisNickTests(RedisFixture redis) : RedisNickSpecification(redis.Server.Configuration)
{
    [Fact]
    public async Task A_client_cannot_have_the_nick_of_a_client_of_another_server()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var alice = await cluster[0].SignInAsync("alice");
        await using var second = await cluster[1].ConnectAsync();
        await second.SendAsync(Wire.Nop, Wire.MagicString);

        var reply = await second.ReplyAsync(Wire.SetUserNick, "Alice");

        Assert.Equal((Wire.RespError, Wire.ErrorNickTaken), (reply.Command, reply.P1));
        await alice.CloseAsync();
        await Poll.UntilAsync(async () => (await second.ReplyAsync(Wire.SetUserNick, "Alice")).Command == Wire.RespOk);
    }
}

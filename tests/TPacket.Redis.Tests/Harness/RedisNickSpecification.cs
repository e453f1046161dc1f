using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The specification of nicks that are unique on all servers.</summary>
/// <param name="configuration">The configuration string of Redis.</param>
public abstract class RedisNickSpecification(string configuration) : NickPolicySpecification, IAsyncLifetime
{
    private readonly TestStores _stores = new(configuration);
    private readonly List<RedisStore> _open = [];

    public async Task InitializeAsync()
    {
        _open.Add(await _stores.CreateAsync());
        _open.Add(await _stores.OpenAsync());
    }

    public async Task DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
    }

    protected override INickPolicy CreatePolicy() => Policy(_open[0]);

    [Fact]
    public async Task A_nick_that_a_user_of_another_server_has_is_taken_until_it_is_released()
    {
        var (first, second) = (Policy(_open[0]), Policy(_open[1]));
        var (alice, other) = (CreateUser(), CreateUser());
        Assert.True((await first.ReserveAsync("alice", alice)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await second.ReserveAsync("ALICE", other)).Code);
        // It looks the same but shares no script: the first letter is Cyrillic.
        Assert.Equal(PacketErrorCode.NickTaken, (await second.ReserveAsync("\u0430lice", other)).Code);
        await second.ReleaseAsync("alice", other);
        Assert.Equal(PacketErrorCode.NickTaken, (await second.ReserveAsync("alice", other)).Code);

        await first.ReleaseAsync("alice", alice);
        Assert.True((await second.ReserveAsync("\u0430lice", other)).IsAccepted);
        await second.ReleaseAsync("\u0430lice", other);
        Assert.True((await second.ReserveAsync("alice", other)).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_resumes_on_another_server_keeps_its_nick_until_both_have_released_it()
    {
        var (first, second) = (Policy(_open[0]), Policy(_open[1]));
        var alice = CreateUser();
        Assert.True((await first.ReserveAsync("alice", alice)).IsAccepted);
        Assert.True((await second.ReserveAsync("alice", CreateUser(alice))).IsAccepted);

        await first.ReleaseAsync("alice", alice);
        Assert.Equal(PacketErrorCode.NickTaken, (await first.ReserveAsync("alice", CreateUser())).Code);
        await second.ReleaseAsync("alice", alice);

        Assert.True((await first.ReserveAsync("alice", CreateUser())).IsAccepted);
    }

    [Fact]
    public async Task One_of_many_concurrent_reservations_of_a_nick_on_two_servers_succeeds()
    {
        INickPolicy[] policies = [Policy(_open[0]), Policy(_open[1])];

        var decisions = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () => await policies[i % 2].ReserveAsync("alice", CreateUser()))));

        Assert.Single(decisions, static decision => decision.IsAccepted);
    }

    [Fact]
    public async Task The_nicks_of_an_expired_server_are_free_after_the_sweep()
    {
        var (first, second) = (Policy(_open[0]), Policy(_open[1]));
        Assert.True((await first.ReserveAsync("alice", CreateUser())).IsAccepted);
        await _open[0].DisposeAsync();

        var other = CreateUser();
        await Poll.UntilAsync(async () => (await second.ReserveAsync("alice", other)).IsAccepted);
    }

    [Fact]
    public async Task After_a_failover_that_has_lost_a_nick_only_one_of_two_users_loses_it()
    {
        var (first, second) = (Policy(_open[0]), Policy(_open[1]));
        var lost = new Recorder<int>();
        _open[0].Nicks.Lost = _open[1].Nicks.Lost = lost.Add;
        var (alice, bob, thief) = (CreateUser(), CreateUser(), CreateUser());
        Assert.True((await first.ReserveAsync("alice", alice)).IsAccepted);
        Assert.True((await first.ReserveAsync("bob", bob)).IsAccepted);
        // As after the promotion of a replica that lacks the last writes.
        await _open[0].Database.KeyDeleteAsync(_open[0].Keys.Nicks("")[..2]);
        Assert.True((await second.ReserveAsync("alice", thief)).IsAccepted);

        await _open[0].Nicks.RestoreAsync(_open[0].Node!);
        await _open[1].Nicks.RestoreAsync(_open[1].Node!);

        Assert.Equal([alice.Id], lost.All);
        Assert.Equal(PacketErrorCode.NickTaken, (await second.ReserveAsync("bob", CreateUser())).Code);
    }

    private static UniqueNickPolicy Policy(RedisStore store) => new(Options.Create(new TPacketServerOptions()), store.Nicks);
}

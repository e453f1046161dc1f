using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>What every nick policy keeps to that makes nicks unique. An implementation derives this class and says how it is made.</summary>
public abstract class NickPolicySpecification
{
    [Fact]
    public async Task A_free_nick_is_accepted()
    {
        var decision = await CreatePolicy().ReserveAsync("alice", new NickUser());

        Assert.True(decision.IsAccepted);
    }

    [Fact]
    public async Task A_nick_that_another_user_has_is_taken()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new NickUser());

        var decision = await policy.ReserveAsync("alice", new NickUser());

        Assert.Equal((false, PacketErrorCode.NickTaken), (decision.IsAccepted, decision.Code));
        Assert.NotEmpty(decision.Text!);
    }

    [Theory]
    [InlineData("alice", "ALICE")]
    [InlineData("Stra\u00DFe", "STRA\u1E9EE")] // Sharp s, small and capital.
    [InlineData("\u03C3", "\u03C2")] // The two small sigmas.
    [InlineData("ren\u00E9", "rene\u0301")] // One letter, and two that make one.
    [InlineData("\uFF41lice", "alice")] // A wide letter.
    [InlineData("\uFB01ne", "fine")] // A ligature.
    public async Task A_nick_that_reads_the_same_is_taken(string first, string second)
    {
        var policy = CreatePolicy();
        var user = new NickUser();
        Assert.True((await policy.ReserveAsync(first, user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync(second, new NickUser())).Code);

        await policy.ReleaseAsync(first, user);
        Assert.True((await policy.ReserveAsync(second, new NickUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_was_refused_may_try_another()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new NickUser());
        var user = new NickUser();

        Assert.False((await policy.ReserveAsync("alice", user)).IsAccepted);
        Assert.True((await policy.ReserveAsync("bob", user)).IsAccepted);
    }

    [Fact]
    public async Task A_released_nick_is_free()
    {
        var policy = CreatePolicy();
        var user = new NickUser();
        await policy.ReserveAsync("alice", user);

        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", new NickUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_may_write_its_nick_another_way_and_holds_it_until_both_are_released()
    {
        var policy = CreatePolicy();
        var user = new NickUser();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("Alice", user)).IsAccepted);

        await policy.ReleaseAsync("alice", user);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new NickUser())).Code);

        await policy.ReleaseAsync("Alice", user);
        Assert.True((await policy.ReserveAsync("alice", new NickUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_changes_its_nick_holds_the_old_one_until_it_is_released()
    {
        var policy = CreatePolicy();
        var user = new NickUser();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("alicia", user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new NickUser())).Code);
        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", new NickUser())).IsAccepted);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alicia", new NickUser())).Code);
    }

    [Fact]
    public async Task The_release_of_somebody_elses_nick_does_nothing()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new NickUser());

        await policy.ReleaseAsync("alice", new NickUser());
        await policy.ReleaseAsync("nobody", new NickUser());

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new NickUser())).Code);
    }

    [Fact]
    public async Task Of_many_who_want_a_nick_at_once_one_gets_it()
    {
        var policy = CreatePolicy();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await policy.ReserveAsync("alice", new NickUser()))));

        Assert.Single(decisions, decision => decision.IsAccepted);
        Assert.Equal(63, decisions.Count(decision => decision.Code == PacketErrorCode.NickTaken));
    }

    /// <summary>Makes a policy that has given no nick away.</summary>
    protected abstract INickPolicy CreatePolicy();
}

using TPacket.Protocol;
using TPacket.Server;
using TPacket.Testing.Nicks;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

/// <summary>
/// The contract of an <see cref="INickPolicy"/> with unique nicks as xunit tests. The author of a policy
/// derives a class and overrides <see cref="CreatePolicy"/>. xunit creates an instance for each test.
/// </summary>
public abstract class NickPolicySpecification
{
    [Fact]
    public async Task A_free_nick_is_accepted()
    {
        var decision = await CreatePolicy().ReserveAsync("alice", CreateUser());

        Assert.True(decision.IsAccepted);
    }

    [Fact]
    public async Task A_nick_that_another_user_has_is_taken()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", CreateUser());

        var decision = await policy.ReserveAsync("alice", CreateUser());

        Assert.Equal((false, PacketErrorCode.NickTaken), (decision.IsAccepted, decision.Code));
        Assert.NotEmpty(decision.Text!);
    }

    [Theory]
    [InlineData("alice", "ALICE")]
    [InlineData("Stra\u00DFe", "STRA\u1E9EE")] // Sharp s, small and capital.
    [InlineData("\u03C3", "\u03C2")] // The two small sigmas.
    [InlineData("ren\u00E9", "rene\u0301")] // A letter with an accent, precomposed and decomposed.
    [InlineData("\uFF41lice", "alice")] // A wide letter.
    [InlineData("\uFB01ne", "fine")] // A ligature.
    public async Task A_nick_that_reads_the_same_is_taken(string first, string second)
    {
        var policy = CreatePolicy();
        var user = CreateUser();
        Assert.True((await policy.ReserveAsync(first, user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync(second, CreateUser())).Code);

        await policy.ReleaseAsync(first, user);
        Assert.True((await policy.ReserveAsync(second, CreateUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_was_refused_may_try_another()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", CreateUser());
        var user = CreateUser();

        Assert.False((await policy.ReserveAsync("alice", user)).IsAccepted);
        Assert.True((await policy.ReserveAsync("bob", user)).IsAccepted);
    }

    [Fact]
    public async Task A_released_nick_is_free()
    {
        var policy = CreatePolicy();
        var user = CreateUser();
        await policy.ReserveAsync("alice", user);

        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", CreateUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_may_write_its_nick_another_way_and_holds_it_until_both_are_released()
    {
        var policy = CreatePolicy();
        var user = CreateUser();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("Alice", user)).IsAccepted);

        await policy.ReleaseAsync("alice", user);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", CreateUser())).Code);

        await policy.ReleaseAsync("Alice", user);
        Assert.True((await policy.ReserveAsync("alice", CreateUser())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_changes_its_nick_holds_the_old_one_until_it_is_released()
    {
        var policy = CreatePolicy();
        var user = CreateUser();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("alicia", user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", CreateUser())).Code);
        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", CreateUser())).IsAccepted);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alicia", CreateUser())).Code);
    }

    [Fact]
    public async Task A_user_that_is_back_on_another_connection_has_its_nick()
    {
        var policy = CreatePolicy();
        var user = CreateUser();
        await policy.ReserveAsync("alice", user);
        var back = CreateUser(user);

        Assert.True((await policy.ReserveAsync("Alice", back)).IsAccepted);
        await policy.ReleaseAsync("alice", back);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", CreateUser())).Code);
        await policy.ReleaseAsync("Alice", back);

        Assert.True((await policy.ReserveAsync("alice", CreateUser())).IsAccepted);
    }

    [Fact]
    public async Task The_release_of_somebody_elses_nick_does_nothing()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", CreateUser());

        await policy.ReleaseAsync("alice", CreateUser());
        await policy.ReleaseAsync("nobody", CreateUser());

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", CreateUser())).Code);
    }

    [Fact]
    public async Task Of_many_who_want_a_nick_at_once_one_gets_it()
    {
        var policy = CreatePolicy();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await policy.ReserveAsync("alice", CreateUser()))));

        Assert.Single(decisions, decision => decision.IsAccepted);
        Assert.Equal(63, decisions.Count(decision => decision.Code == PacketErrorCode.NickTaken));
    }

    /// <summary>Creates a policy without assigned nicks. It accepts the nicks alice, alicia, bob, fine, rené, Straße and σ for any user.</summary>
    protected abstract INickPolicy CreatePolicy();

    /// <summary>
    /// Creates a user that signs in. By default the user has a unique id and no other properties.
    /// Override the method for a policy that uses more properties of users.
    /// </summary>
    protected virtual IUser CreateUser() => new NickUser();

    /// <summary>Creates the object of the same user on its next connection.</summary>
    /// <param name="before">The object of the user on its previous connection.</param>
    protected virtual IUser CreateUser(IUser before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return new NickUser(before.Id);
    }
}

using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>What every nick policy keeps to that makes nicks unique. An implementation derives this class and says how it is made.</summary>
public abstract class NickPolicySpecification
{
    [Fact]
    public async Task A_free_nick_is_accepted()
    {
        var decision = await CreatePolicy().ReserveAsync("alice", new User());

        Assert.True(decision.IsAccepted);
    }

    [Fact]
    public async Task A_nick_that_another_user_has_is_taken()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new User());

        var decision = await policy.ReserveAsync("alice", new User());

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
        var user = new User();
        Assert.True((await policy.ReserveAsync(first, user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync(second, new User())).Code);

        await policy.ReleaseAsync(first, user);
        Assert.True((await policy.ReserveAsync(second, new User())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_was_refused_may_try_another()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new User());
        var user = new User();

        Assert.False((await policy.ReserveAsync("alice", user)).IsAccepted);
        Assert.True((await policy.ReserveAsync("bob", user)).IsAccepted);
    }

    [Fact]
    public async Task A_released_nick_is_free()
    {
        var policy = CreatePolicy();
        var user = new User();
        await policy.ReserveAsync("alice", user);

        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", new User())).IsAccepted);
    }

    [Fact]
    public async Task A_user_may_write_its_nick_another_way_and_holds_it_until_both_are_released()
    {
        var policy = CreatePolicy();
        var user = new User();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("Alice", user)).IsAccepted);

        await policy.ReleaseAsync("alice", user);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new User())).Code);

        await policy.ReleaseAsync("Alice", user);
        Assert.True((await policy.ReserveAsync("alice", new User())).IsAccepted);
    }

    [Fact]
    public async Task A_user_that_changes_its_nick_holds_the_old_one_until_it_is_released()
    {
        var policy = CreatePolicy();
        var user = new User();
        await policy.ReserveAsync("alice", user);
        Assert.True((await policy.ReserveAsync("alicia", user)).IsAccepted);

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new User())).Code);
        await policy.ReleaseAsync("alice", user);

        Assert.True((await policy.ReserveAsync("alice", new User())).IsAccepted);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alicia", new User())).Code);
    }

    [Fact]
    public async Task The_release_of_somebody_elses_nick_does_nothing()
    {
        var policy = CreatePolicy();
        await policy.ReserveAsync("alice", new User());

        await policy.ReleaseAsync("alice", new User());
        await policy.ReleaseAsync("nobody", new User());

        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("alice", new User())).Code);
    }

    [Fact]
    public async Task Of_many_who_want_a_nick_at_once_one_gets_it()
    {
        var policy = CreatePolicy();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await policy.ReserveAsync("alice", new User()))));

        Assert.Single(decisions, decision => decision.IsAccepted);
        Assert.Equal(63, decisions.Count(decision => decision.Code == PacketErrorCode.NickTaken));
    }

    /// <summary>Makes a policy that has given no nick away.</summary>
    protected abstract INickPolicy CreatePolicy();

    /// <summary>A user that is only told apart from others.</summary>
    private sealed class User : IUser
    {
        private static int _last = 0xFFF;

        public int Id { get; } = Interlocked.Increment(ref _last);

        public string Nick => "";

        public IRoom? Room => null;

        public System.Net.EndPoint? RemoteEndPoint => null;

        public CancellationToken Disconnected => CancellationToken.None;

        public bool Accepts(int command) => false;

        public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => false;

        public ValueTask EnterRoomAsync(string name) => throw new NotSupportedException();

        public void Disconnect(string reason)
        {
        }
    }
}

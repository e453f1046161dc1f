using TPacket.Protocol;
using TPacket.Server;
using TPacket.Stores.Tests.Specifications;

namespace TPacket.Stores.Tests;

public class UniqueNickPolicyTests : NickPolicySpecification
{
    [Theory]
    [InlineData("")]
    [InlineData(" alice")]
    [InlineData("alice ")]
    [InlineData("\u00A0alice")] // A space that does not break.
    [InlineData("al\nice")]
    [InlineData("al\u0000ice")]
    [InlineData("al\u007Fice")]
    [InlineData("al\u200Bice")] // A space without width.
    [InlineData("\u202Eecila")] // Written from right to left.
    [InlineData("al\u2028ice")] // A line separator.
    [InlineData("\u200D")] // Nothing but a joiner.
    public async Task A_nick_that_is_empty_or_hides_something_is_invalid(string nick)
    {
        var decision = await CreatePolicy().ReserveAsync(nick, new StrangeUser());

        Assert.Equal((false, PacketErrorCode.NickInvalid), (decision.IsAccepted, decision.Code));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("Jean Luc")]
    [InlineData("\u30A2\u30EA\u30B9")]
    [InlineData("\U0001F642")]
    [InlineData("\U0001F469\u200D\U0001F4BB")] // A woman, a joiner and a laptop.
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0645")] // Persian, spelled with a non-joiner.
    [InlineData("\u0378")] // Not a character yet; it may be one for the client.
    public async Task Letters_of_all_scripts_and_spaces_within_are_fine(string nick)
    {
        Assert.True((await CreatePolicy().ReserveAsync(nick, new StrangeUser())).IsAccepted);
    }

    [Fact]
    public async Task A_joiner_that_nobody_sees_makes_no_other_nick()
    {
        var policy = CreatePolicy();
        Assert.True((await policy.ReserveAsync("alice", new StrangeUser())).IsAccepted);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("al\u200Dice", new StrangeUser())).Code);
    }

    protected override INickPolicy CreatePolicy() => new UniqueNickPolicy();

    /// <summary>A user of which the policy has nothing to know.</summary>
    private sealed class StrangeUser : IUser
    {
        public int Id => throw new NotSupportedException();

        public string Nick => throw new NotSupportedException();

        public IRoom? Room => throw new NotSupportedException();

        public System.Net.EndPoint? RemoteEndPoint => throw new NotSupportedException();

        public CancellationToken Disconnected => throw new NotSupportedException();

        public bool Accepts(int command) => throw new NotSupportedException();

        public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => throw new NotSupportedException();

        public void Disconnect(string reason) => throw new NotSupportedException();
    }
}

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
    public async Task Letters_of_all_scripts_and_spaces_within_are_fine(string nick)
    {
        Assert.True((await CreatePolicy().ReserveAsync(nick, new StrangeUser())).IsAccepted);
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

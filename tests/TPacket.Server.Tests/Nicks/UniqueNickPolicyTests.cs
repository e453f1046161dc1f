using TPacket.Protocol;
using TPacket.Testing;

namespace TPacket.Server.Tests.Nicks;

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
    [InlineData("\uFE0F")] // Nothing but a variation selector,
    [InlineData("\u034F\u17B4\u180B")] // or others that show nothing.
    [InlineData("\u3164")] // A filler of Hangul, alone
    [InlineData("al\u3164ice")] // and within,
    [InlineData("\u115Falice")]
    [InlineData("al\u1160ice")]
    [InlineData("al\uFFA0ice")]
    [InlineData("\u2800")] // A blank of Braille, alone
    [InlineData("alice\u2800")] // and behind.
    [InlineData("alice \uFE0F")] // A space behind which nothing is seen.
    [InlineData("\uFE0F alice")]
    [InlineData("\u3000")]
    [InlineData("al\u00ADice")] // A soft hyphen.
    [InlineData("al\u2062ice")] // An invisible sign.
    [InlineData("al\u2065ice")] // Not a character yet; nothing will be seen of it.
    [InlineData("al\uFFF5ice")]
    [InlineData("al\U000E0FFFice")]
    [InlineData("al\U000E0061ice")] // A tag without its flag,
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0065")] // a flag's without their end,
    [InlineData("\U0001F3F4\U000E0061\U000E0062\U000E0063\U000E007F")] // and those of no flag.
    [InlineData("x\uFFFE")] // No characters.
    [InlineData("x\uFFFF")]
    [InlineData("\uFDD0x")]
    [InlineData("x\uFDEFx")]
    [InlineData("x\U0001FFFE")]
    [InlineData("x\U0010FFFF")]
    public async Task A_nick_that_is_empty_or_has_hidden_characters_is_invalid(string nick)
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
    [InlineData("\u2764\uFE0F")] // A heart as an emoji.
    [InlineData("\U0001F469\u200D\u2764\uFE0F\u200D\U0001F468")] // A couple.
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")] // England.
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F")] // Scotland.
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F")] // Wales.
    [InlineData("\U0001F3F4\u200D\u2620\uFE0F")] // A pirate's flag.
    [InlineData("1\uFE0F\u20E3")] // A key.
    [InlineData("\u845B\U000E0100\u57CE")] // A family's own form of a character.
    [InlineData("\u5C71\u7530\u3000\u592A\u90CE")] // Japanese, with a wide space.
    [InlineData("\u2801\u2807\u280A\u2800\u2803")] // Braille.
    [InlineData("\u0378")] // Not a character yet; it may be one for the client.
    public async Task Letters_of_all_scripts_and_spaces_within_are_fine(string nick)
    {
        Assert.True((await CreatePolicy().ReserveAsync(nick, new StrangeUser())).IsAccepted);
    }

    [Theory]
    [InlineData("alice", "al\u200Dice")]
    [InlineData("alice", "al\uFE0Fice")]
    [InlineData("alice", "alice\uFE0F")]
    [InlineData("alice", "alice\uFE00\uFE01\uFE0E")]
    [InlineData("alice", "\u034Falice")]
    [InlineData("alice", "a\u180Blice")]
    [InlineData("alice", "alice\U000E01EF")]
    [InlineData("alice", "ali\u17B5ce")]
    [InlineData("\u2764", "\u2764\uFE0F")]
    [InlineData("Jean Luc", "Jean  Luc")]
    [InlineData("Jean Luc", "Jean\u2003\u00A0Luc")]
    [InlineData("Jean Luc", "jean\u2800luc")]
    [InlineData("Jean Luc", "Jean \uFE0F Luc")]
    [InlineData("Jean Luc", "Jean\u1680Luc")]
    [InlineData("\u00E9", "e\u0301")]
    [InlineData("\u1EAD", "a\u0302\u0323")] // Marks in either order.
    [InlineData("\uAC01", "\u1100\u1161\u11A8")] // A syllable of Hangul, and its letters.
    [InlineData("\u212Bngstr\u00F6m", "a\u030Angstro\u0308m")]
    [InlineData("STRASSE", "stra\u00DFe")]
    [InlineData("\u13A0\u13B3", "\uAB70\uAB83")] // Cherokee in capitals and small letters.
    public async Task A_nick_without_a_visible_difference_is_taken(string first, string second)
    {
        foreach (var (held, wanted) in new[] { (first, second), (second, first) })
        {
            var policy = new UniqueNickPolicy(NickLookAlikes.Accept);
            Assert.True((await policy.ReserveAsync(held, new StrangeUser())).IsAccepted);
            Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync(wanted, new StrangeUser())).Code);
        }
    }

    [Fact]
    public async Task The_black_flag_and_the_three_flags_with_tags_are_different_nicks()
    {
        var policy = CreatePolicy();
        foreach (var tags in new[] { "", "gbeng", "gbsct", "gbwls" })
        {
            var flag = "\U0001F3F4" + string.Concat(tags.Select(static tag => char.ConvertFromUtf32(0xE0000 + tag))) + (tags.Length > 0 ? "\U000E007F" : "");
            Assert.True((await policy.ReserveAsync(flag, new StrangeUser())).IsAccepted, tags);
        }
    }

    [Theory]
    [InlineData("alice", "\u0430lice")] // A Cyrillic a.
    [InlineData("alice", "\u0410LICE")] // In capitals.
    [InlineData("ALICE", "alic\u0435")]
    [InlineData("alice", "\u0430l\u0456c\u0435")]
    [InlineData("apple", "\u0430\u0440\u0440\u04CF\u0435")] // Nothing but Cyrillic.
    [InlineData("hilde", "\u0397ILDE")] // A Greek eta.
    [InlineData("VIVA", "\u03BDiva")] // A Greek nu, like v in small letters only.
    [InlineData("bob", "b\u043Eb")]
    [InlineData("\u0422\u043E\u0440", "Top")] // A Russian Thor.
    [InlineData("modern", "\u043Codern")]
    public async Task A_nick_that_looks_like_one_in_another_script_is_taken(string first, string second)
    {
        foreach (var (held, wanted) in new[] { (first, second), (second, first) })
        {
            var policy = CreatePolicy();
            Assert.True((await policy.ReserveAsync(held, new StrangeUser())).IsAccepted);
            Assert.Equal((PacketErrorCode.NickTaken, "This nick looks like one that is taken."), (await policy.ReserveAsync(wanted, new StrangeUser())) is var refused ? (refused.Code, refused.Text) : default);
            Assert.True((await new UniqueNickPolicy(NickLookAlikes.Accept).ReserveAsync(wanted, new StrangeUser())).IsAccepted);
        }
    }

    [Theory]
    [InlineData("bob1", "bobl")]
    [InlineData("0tto", "Otto")]
    [InlineData("modern", "modem")]
    [InlineData("BIANKA", "Blanka")]
    [InlineData("Fazil", "Faz\u0131l")] // Turkish, without a dot.
    public async Task Look_alike_nicks_of_one_script_are_taken_if_the_host_enables_it(string first, string second)
    {
        foreach (var (held, wanted) in new[] { (first, second), (second, first) })
        {
            var strict = new UniqueNickPolicy(NickLookAlikes.Refuse);
            var policy = CreatePolicy();
            foreach (var each in new[] { strict, policy })
                Assert.True((await each.ReserveAsync(held, new StrangeUser())).IsAccepted);
            Assert.True((await policy.ReserveAsync(wanted, new StrangeUser())).IsAccepted);
            Assert.Equal(PacketErrorCode.NickTaken, (await strict.ReserveAsync(wanted, new StrangeUser())).Code);
        }
    }

    [Fact]
    public async Task A_released_nick_frees_its_look_alikes()
    {
        var policy = CreatePolicy();
        var (alice, mallory, other) = (new StrangeUser(), new StrangeUser(), new StrangeUser());
        Assert.True((await policy.ReserveAsync("alice", alice)).IsAccepted);
        // Two users hold nicks that look the same, and one of them holds two spellings.
        Assert.True((await policy.ReserveAsync("a1ice", other)).IsAccepted);
        Assert.True((await policy.ReserveAsync("A1ice", other)).IsAccepted);
        Assert.False((await policy.ReserveAsync("\u0430lice", mallory)).IsAccepted);
        await policy.ReleaseAsync("alice", alice);
        await policy.ReleaseAsync("a1ice", other);
        Assert.False((await policy.ReserveAsync("\u0430lice", mallory)).IsAccepted);
        await policy.ReleaseAsync("A1ice", other);
        Assert.True((await policy.ReserveAsync("\u0430lice", mallory)).IsAccepted);
        Assert.True((await policy.ReserveAsync("Alice", mallory)).IsAccepted);
        Assert.False((await policy.ReserveAsync("alice", alice)).IsAccepted);
    }

    [Fact]
    public async Task Ordinary_names_of_many_scripts_do_not_conflict()
    {
        var policy = CreatePolicy();
        foreach (var name in HonestNames.All)
            Assert.True((await policy.ReserveAsync(name, new StrangeUser())) is { IsAccepted: true }, name);
        foreach (var name in HonestNames.All)
            Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync(name.ToUpperInvariant() + "\uFE0F", new StrangeUser())).Code);
    }

    [Fact]
    public async Task Nicks_are_compared_with_and_without_normalization_of_the_runtime()
    {
        // GlobalizationTests runs this test in a process with invariant globalization.
        var invariant = Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") == "1";
        Assert.Equal(invariant ? "e\u0301" : "\u00E9", "e\u0301".Normalize());
        var policy = CreatePolicy();
        Assert.True((await policy.ReserveAsync("ren\u00E9", new StrangeUser())).IsAccepted);
        Assert.Equal(PacketErrorCode.NickTaken, (await policy.ReserveAsync("RENE\u0301", new StrangeUser())).Code);
    }

    [Theory]
    [InlineData("admin", PacketErrorCode.Refused)]
    [InlineData("ADMIN", PacketErrorCode.Refused)]
    [InlineData("\uFF41dmin", PacketErrorCode.Refused)]
    [InlineData("admin\uFE0F", PacketErrorCode.Refused)]
    [InlineData("\u0430dmin", PacketErrorCode.NickTaken)] // A Cyrillic letter.
    public async Task A_withheld_nick_is_available_to_no_user(string nick, PacketErrorCode code)
    {
        var policy = new UniqueNickPolicy();
        policy.Withhold("admin", NickDecision.Refuse(PacketErrorCode.Refused, "reserved"));

        Assert.Equal(code, (await policy.ReserveAsync(nick, new StrangeUser())).Code);
        // No user has it, so that no user releases it.
        await policy.ReleaseAsync(nick, new StrangeUser());
        Assert.Equal(code, (await policy.ReserveAsync(nick, new StrangeUser())).Code);
        Assert.True((await policy.ReserveAsync("administrator", new StrangeUser())).IsAccepted);
    }

    [Fact]
    public async Task A_nick_is_withheld_once_and_before_a_user_has_it()
    {
        var policy = new UniqueNickPolicy();
        var answer = NickDecision.Refuse(PacketErrorCode.Refused, "reserved");
        Assert.True((await policy.ReserveAsync("alice", new StrangeUser())).IsAccepted);
        Assert.Throws<ArgumentException>(() => policy.Withhold("alice", answer));
        policy.Withhold("admin", answer);
        Assert.Throws<ArgumentException>(() => policy.Withhold("Admin", answer));
        Assert.Throws<ArgumentException>(() => policy.Withhold("", answer));
        Assert.Throws<ArgumentException>(() => policy.Withhold("bob", NickDecision.Accepted));
    }

    protected override INickPolicy CreatePolicy() => new UniqueNickPolicy();

    /// <summary>A user with an id alone, which is all that the policy uses.</summary>
    private sealed class StrangeUser : IUser
    {
        private static int _last = IUserIdStore.FirstId;

        public int Id { get; } = Interlocked.Increment(ref _last);

        public string Nick => throw new NotSupportedException();

        public IRoom? Room => throw new NotSupportedException();

        public System.Net.EndPoint? RemoteEndPoint => throw new NotSupportedException();

        public ItemCollection Items => throw new NotSupportedException();

        public CancellationToken Disconnected => throw new NotSupportedException();

        public bool Accepts(int command) => throw new NotSupportedException();

        public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => throw new NotSupportedException();

        public ValueTask EnterRoomAsync(string name) => throw new NotSupportedException();

        public void Disconnect(string reason) => throw new NotSupportedException();
    }
}

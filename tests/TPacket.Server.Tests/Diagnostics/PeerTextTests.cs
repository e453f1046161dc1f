using Microsoft.Extensions.DependencyInjection;
using TPacket.Diagnostics;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Diagnostics;

/// <summary>Text of a peer cannot forge, hide or reorder lines of the log.</summary>
public class PeerTextTests
{
    private const string Nasty = "a\u2028b\u202Ec\u0085d\u200Be\uFEFFf";
    private const string Escaped = @"a\u2028b\u202Ec\u0085d\u200Be\uFEFFf";

    [Theory]
    [InlineData("", "")]
    [InlineData("plain text: 'quoted' \\u", "plain text: 'quoted' \\u")]
    [InlineData("Grüße, 世界 😀", "Grüße, 世界 😀")]
    [InlineData("a\r\nb\tc\0d\u001B[31m\u007F", @"a\u000D\u000Ab\u0009c\u0000d\u001B[31m\u007F")]
    [InlineData("\u0085\u2028\u2029", @"\u0085\u2028\u2029")]
    [InlineData("\u202A\u202E\u2066\u2069\u200E\u061C", @"\u202A\u202E\u2066\u2069\u200E\u061C")]
    [InlineData("\u00AD\u200B\u200D\u2060\uFEFF", @"\u00AD\u200B\u200D\u2060\uFEFF")]
    [InlineData("\uFFFE\uFDD0\uE000", @"\uFFFE\uFDD0\uE000")]
    [InlineData("\U000E0041\U0001FFFE", @"\uDB40\uDC41\uD83F\uDFFE")]
    public void Characters_that_do_not_show_as_themselves_are_escaped(string text, string expected) => Assert.Equal(expected, Printable.Escape(text));

    [Fact]
    public void Surrogates_without_their_other_half_are_escaped()
    {
        Assert.Equal(@"a\uD800", Printable.Escape("a" + (char)0xD800));
        Assert.Equal(@"\uDC00\uD800b", Printable.Escape(new string([(char)0xDC00, (char)0xD800, 'b'])));
    }

    [Fact]
    public void Text_that_has_nothing_to_escape_is_not_copied()
    {
        foreach (var text in new[] { "plain", "Grüße", new string('x', Printable.MaxLength) })
            Assert.Same(text, Printable.Escape(text));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('ü')]
    public void Long_text_is_cut(char c) => Assert.Equal(new string(c, Printable.MaxLength) + "…", Printable.Escape(new string(c, Printable.MaxLength + 1)));

    [Fact]
    public async Task The_name_of_a_room_is_escaped_in_message_and_values_of_every_event()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowRoomChange = true);
        await using var alice = await server.SignInAsync("alice");
        // NEL is a control character, which is invalid in a room's name.
        await alice.JoinAsync(Nasty.Replace("\u0085", "", StringComparison.Ordinal));
        await alice.JoinAsync("other");

        var entered = Assert.Single(server.Logs.All, e => e.Id == 1300 && e.Message.Contains(@"'a\u2028b\u202Ecd\u200Be\uFEFFf'", StringComparison.Ordinal));
        Assert.Equal(@"a\u2028b\u202Ecd\u200Be\uFEFFf", entered.Values["Room"]);
        AssertPrintable(server);
    }

    [Fact]
    public async Task A_nick_that_a_policy_accepts_is_escaped()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseNickPolicy<AnyNickPolicy>());
        await using (var alice = await server.SignInAsync(Nasty))
            await alice.CloseAsync();
        await server.EndedAsync();

        var gone = await server.Logs.FirstAsync(static e => e.Id == 1201);
        Assert.Contains(Escaped, gone.Message, StringComparison.Ordinal);
        Assert.Contains(Escaped, gone.Values["User"]!.ToString(), StringComparison.Ordinal);
        AssertPrintable(server);
    }

    [Fact]
    public async Task The_name_of_a_room_with_a_failed_store_is_also_escaped_in_the_exception()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        ((FlakyStore)server.Services.GetService(typeof(IRoomStore))!).Failing = "Open";
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.RespError, (await alice.ReplyAsync(Wire.SetRoom, "a\u2028b")).Command);

        var failed = await server.Logs.FirstAsync(static e => e.Id == 1203);
        Assert.Contains(@"'a\u2028b'", failed.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2028', failed.Error.ToString());
    }

    private static void AssertPrintable(TestServer server) =>
        Assert.All(server.Logs.All.SelectMany(static e => e.Values.Values.Select(static value => value?.ToString() ?? "").Append(e.Message)), static text => Assert.Same(text, Printable.Escape(text)));

    private sealed class AnyNickPolicy : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => new(NickDecision.Accepted);

        public ValueTask ReleaseAsync(string nick, IUser user) => default;
    }
}

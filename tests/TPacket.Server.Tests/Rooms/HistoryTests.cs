using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms;

/// <summary>The history of a room, and the packets by which joining clients receive it.</summary>
public class HistoryTests
{
    [Fact]
    public async Task A_logged_message_is_cut_at_a_character()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        // 7 bytes of "alice: ", then characters of two bytes: the limit of 255 falls on their border, in the second message within one.
        await alice.SayAsync(new string('ü', 127));
        await alice.SayAsync("x" + new string('ü', 127));
        await alice.SayAsync(string.Concat(Enumerable.Repeat("😀", 63)));
        await using var bob = await server.SignInAsync("bob");
        var logged = (await bob.JoinAsync("room")).Where(p => p.Command == Wire.LoggedMsg).ToArray();
        Assert.Equal("alice: " + new string('ü', 124), logged[0].Text);
        Assert.Equal(255, logged[0].Data.Length);
        Assert.Equal("alice: x" + new string('ü', 123), logged[1].Text);
        Assert.Equal(254, logged[1].Data.Length);
        Assert.Equal("alice: " + string.Concat(Enumerable.Repeat("😀", 62)), logged[2].Text);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "ü")]
    [InlineData(3, "üx")]
    [InlineData(4, "üx:")]
    [InlineData(5, "üx: ")]
    [InlineData(6, "üx: ")]
    [InlineData(7, "üx: ä")]
    [InlineData(100, "üx: äy")]
    public async Task A_logged_message_is_utf8_within_any_limit(int limit, string expected)
    {
        await using var server = await TestServer.StartAsync(o => o.MaxLoggedMessageBytes = limit);
        await using var alice = await server.JoinAsync("üx", "room");
        await alice.SayAsync("äy");
        await using var bob = await server.SignInAsync("bob");
        var logged = Assert.Single(await bob.JoinAsync("room"), p => p.Command == Wire.LoggedMsg);
        Assert.Equal(expected, logged.Text);
        Assert.Equal(Encoding.UTF8.GetByteCount(expected), logged.Data.Length);
    }

    [Fact]
    public async Task A_room_remembers_its_last_messages_up_to_a_number()
    {
        await using var server = await TestServer.StartAsync(o => o.HistoryMessages = 3);
        Assert.Equal(["5", "6", "7"], await RememberedAsync(server, ["1", "2", "3", "4", "5", "6", "7"]));
    }

    [Fact]
    public async Task A_room_remembers_its_last_messages_up_to_their_bytes()
    {
        // "a: " and 8 bytes: 11 bytes each.
        await using var server = await TestServer.StartAsync(o => o.HistoryBytes = 32);
        Assert.Equal(["message3", "message4"], await RememberedAsync(server, ["message1", "message2", "message3", "message4"]));
        await using var exact = await TestServer.StartAsync(o => o.HistoryBytes = 33);
        Assert.Equal(["message2", "message3", "message4"], await RememberedAsync(exact, ["message1", "message2", "message3", "message4"]));
    }

    [Fact]
    public async Task A_message_larger_than_the_history_empties_it()
    {
        await using var server = await TestServer.StartAsync(o => o.HistoryBytes = 10);
        Assert.Empty(await RememberedAsync(server, ["short", new string('x', 20)]));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(8192, 0)]
    public async Task A_room_can_keep_no_history(int bytes, int messages)
    {
        await using var server = await TestServer.StartAsync(o => (o.HistoryBytes, o.HistoryMessages) = (bytes, messages));
        Assert.Empty(await RememberedAsync(server, ["one", "two"]));
    }

    [Fact]
    public async Task By_default_a_room_remembers_100_messages_and_8_kib()
    {
        await using var server = await TestServer.StartAsync();
        var few = Enumerable.Range(0, 120).Select(i => $"{i}").ToArray();
        Assert.Equal(few[20..], await RememberedAsync(server, few));
        await using var full = await TestServer.StartAsync();
        var wide = Enumerable.Range(0, 120).Select(i => $"{i:d128}").ToArray();
        var remembered = await RememberedAsync(full, wide);
        Assert.Equal(8192 / 131, remembered.Count);
        Assert.Equal(wide[^remembered.Count..], remembered);
    }

    [Fact]
    public async Task Joins_and_leaves_do_not_evict_messages()
    {
        await using var server = await TestServer.StartAsync(o => o.HistoryMessages = 2);
        await using var alice = await server.JoinAsync("a", "room");
        await alice.SayAsync("kept");
        for (var i = 0; i < 5; i++)
        {
            await using var visitor = await server.JoinAsync($"visitor{i}", "room");
            await visitor.CloseAsync();
        }

        await using var last = await server.SignInAsync("last");
        Assert.Equal("a: kept", Assert.Single(await last.JoinAsync("room"), p => p.Command == Wire.LoggedMsg).Text);
    }

    /// <summary>Returns the history that a later client receives of the messages of "a".</summary>
    private static async Task<List<string>> RememberedAsync(TestServer server, string[] said)
    {
        await using var alice = await server.JoinAsync("a", "room");
        foreach (var text in said)
            await alice.SayAsync(text);
        await using var newcomer = await server.SignInAsync("newcomer");
        var logged = (await newcomer.JoinAsync("room")).Where(p => p.Command == Wire.LoggedMsg).Select(p => p.Text).ToList();
        Assert.All(logged, text => Assert.StartsWith("a: ", text, StringComparison.Ordinal));
        return [.. logged.Select(text => text[3..])];
    }
}

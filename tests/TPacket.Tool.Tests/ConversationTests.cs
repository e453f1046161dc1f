using System.Globalization;
using System.Text.Json;
using TPacket.Client;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Tool.Commands;
using TPacket.Tool.Tests.Harness;

namespace TPacket.Tool.Tests;

/// <summary>The commands send, tail and chat.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task Send_sends_each_text_and_prints_offset_and_time()
    {
        await using var server = await TestServer.StartAsync();
        await using var listener = new TPacketClient(new Uri(server.Address));
        var events = listener.ReadEventsAsync();
        await listener.ConnectAsync("bob", "lobby");

        var run = await ToolRun.RunAsync("send", server.Address, "lobby", "good morning", "and good night", "--nick", "alice");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var deadline = Deadline.Start();
        var received = await events.OfType<RoomMessage>().Take(2).ToListAsync(deadline.Token);
        Assert.Equal([("alice", "good morning"), ("alice", "and good night")], received.Select(static message => (message.Sender!.Nick, message.Text)));
        Assert.Equal(
            received.Select(static message => string.Create(CultureInfo.InvariantCulture, $"{message.Offset} {message.Time:yyyy-MM-ddTHH:mm:ss.fffZ}")),
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Send_without_a_text_sends_the_lines_of_its_input()
    {
        await using var server = await TestServer.StartAsync();
        await using var listener = new TPacketClient(new Uri(server.Address));
        var events = listener.ReadEventsAsync();
        await listener.ConnectAsync("bob", "lobby");
        using var input = new StringReader("one\n\ntwo\n");
        using var deadline = Deadline.Start();

        var run = await ToolRun.RunAsync(input, new StringWriter(), TimeProvider.System, deadline.Token, "send", server.Address, "lobby");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(["one", "two"], await events.OfType<RoomMessage>().Take(2).Select(static message => message.Text).ToListAsync(deadline.Token));
    }

    [Fact]
    public async Task Send_prints_the_reason_of_a_rejection()
    {
        await using var server = await TestServer.StartAsync();
        await using var holder = new TPacketClient(new Uri(server.Address));
        await holder.ConnectAsync("alice", "lobby");

        var taken = await ToolRun.RunAsync("send", server.Address, "lobby", "hello", "--nick", "alice");
        var tooLong = await ToolRun.RunAsync("send", server.Address, "lobby", new string('x', 300));

        Assert.Equal((ExitCode.Failed, ""), (taken.ExitCode, taken.Output));
        Assert.Contains("NickTaken (-11)", taken.Errors, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Failed, ""), (tooLong.ExitCode, tooLong.Output));
        Assert.Contains("MessageTooLong (-30)", tooLong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_an_error_of_every_command()
    {
        foreach (var arguments in (string[][])[["send", "ADDRESS", "lobby", "x"], ["tail", "ADDRESS", "lobby"], ["chat", "ADDRESS"], ["load", "ADDRESS", "--clients", "1", "--rooms", "1"]])
        {
            var run = await ToolRun.RunAsync([.. arguments.Select(static argument => argument == "ADDRESS" ? "ws://127.0.0.1:1/" : argument)]);

            Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
            Assert.Contains("127.0.0.1:1", run.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tail_prints_history_and_events_with_offsets_and_times_until_Ctrl_C()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = new TPacketClient(new Uri(server.Address));
        await alice.ConnectAsync("alice", "lobby");
        var before = await alice.SendAsync("before");
        var output = new WatchedOutput();
        using var interrupt = new CancellationTokenSource();

        var tail = ToolRun.RunAsync(new StringReader(""), output, TimeProvider.System, interrupt.Token, "tail", server.Address, "lobby", "--nick", "eve");
        await output.WaitForAsync(Line(before, "alice: before"));
        await output.WaitForAsync("entered lobby");
        var after = await alice.SendAsync("after \u001b[2J");
        await output.WaitForAsync(Line(after, "alice: after \\u001B[2J"));
        await alice.CloseAsync();
        await output.WaitForAsync("has left");
        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await tail.WaitAsync(Deadline.Limit)).ExitCode);
    }

    [Fact]
    public async Task Tail_once_prints_the_history_as_json_and_ends()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = new TPacketClient(new Uri(server.Address));
        await alice.ConnectAsync("alice", "lobby");
        var receipt = await alice.SendAsync("hello");

        var run = await ToolRun.RunAsync("tail", server.Address, "lobby", "--once", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["entered", "message"], lines.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()));
        var message = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal((receipt.Offset, "alice", "hello"), (message.GetProperty("offset").GetInt64(), message.GetProperty("nick").GetString(), message.GetProperty("text").GetString()));
        Assert.Equal(receipt.Time, message.GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public async Task Tail_shows_packets_of_the_application_that_it_accepts_and_counts_events()
    {
        await using var server = await TestServer.StartAsync();
        await using var room = await server.Get<IRoomDirectory>().OpenAsync("lobby");
        var output = new WatchedOutput();
        using var deadline = Deadline.Start();

        var tail = ToolRun.RunAsync(new StringReader(""), output, TimeProvider.System, deadline.Token, "tail", server.Address, "lobby", "--accept", "300-301", "-n", "2");
        await output.WaitForAsync("entered");
        await room.Room.BroadcastAsync(302, "not accepted");
        await room.Room.BroadcastAsync(300, "accepted", p1: 7);
        var run = await tail;

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("  command 300 p1 7 p2 0: accepted\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_shows_deletions_that_it_accepts()
    {
        await using var server = await TestServer.StartAsync();
        await using var room = await server.Get<IRoomDirectory>().OpenAsync("lobby");
        var said = await room.Room.AnnounceAsync("a mistake");
        var output = new WatchedOutput();
        using var deadline = Deadline.Start();

        var tail = ToolRun.RunAsync(new StringReader(""), output, TimeProvider.System, deadline.Token, "tail", server.Address, "lobby", "--accept", "25", "-n", "3", "--json");
        await output.WaitForAsync("a mistake");
        var deleted = await room.Room.DeleteAsync(said.Position.Offset);
        var run = await tail;

        Assert.Equal(0, run.ExitCode);
        var last = JsonDocument.Parse(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        Assert.Equal(
            ("deletion", deleted.Position.Offset, said.Position.Offset),
            (last.GetProperty("event").GetString(), last.GetProperty("offset").GetInt64(), last.GetProperty("target").GetInt64()));
    }

    [Fact]
    public async Task Chat_sends_the_lines_of_its_input_and_prints_messages_of_others()
    {
        await using var server = await TestServer.StartAsync();
        await using var bob = new TPacketClient(new Uri(server.Address));
        var events = bob.ReadEventsAsync();
        await bob.ConnectAsync("bob", "lobby");
        await bob.SendAsync("welcome");
        using var input = new StringReader("hello\n/quit\n");
        using var deadline = Deadline.Start();

        var run = await ToolRun.RunAsync(input, new WatchedOutput(), TimeProvider.System, deadline.Token, "chat", server.Address, "--nick", "alice");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("bob: welcome", run.Output, StringComparison.Ordinal);
        Assert.Equal("hello", (await events.OfType<RoomMessage>().FirstAsync(static message => message.Sender?.Nick == "alice", deadline.Token)).Text);
    }

    [Theory]
    [InlineData("tail", "ws://localhost/", "lobby", "--accept", "9")]
    [InlineData("tail", "ws://localhost/", "lobby", "--accept", "300-299")]
    [InlineData("tail", "ws://localhost/", "lobby", "-n", "0")]
    [InlineData("tail", "ws://localhost/")]
    [InlineData("send", "localhost", "lobby", "x")]
    [InlineData("replay", "lobby")]
    [InlineData("replay", "lobby", "--sqlite", "x.db", "--redis", "localhost")]
    [InlineData("replay", "lobby", "--sqlite", "x.db", "--from", "-1")]
    [InlineData("replay", "lobby", "--sqlite", "x.db", "--speed", "0")]
    [InlineData("rooms")]
    [InlineData("rooms", "ws://localhost/")]
    [InlineData("rooms", "http://localhost/", "--sqlite", "x.db")]
    [InlineData("load", "ws://localhost/", "--clients", "0")]
    [InlineData("load", "ws://localhost/", "--clients", "2", "--rooms", "3")]
    [InlineData("load", "ws://localhost/", "--size", "10")]
    [InlineData("nonsense")]
    public async Task Invalid_arguments_are_rejected(params string[] arguments)
    {
        var run = await ToolRun.RunAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.NotEmpty(run.Errors);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("send")]
    [InlineData("tail")]
    [InlineData("rooms")]
    [InlineData("replay")]
    [InlineData("load")]
    [InlineData("check")]
    public async Task Each_command_has_help(string command)
    {
        var run = await ToolRun.RunAsync(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches($@"Usage:\s+tpacket {command} ", run.Output);
    }

    [Fact]
    public async Task Help_shows_the_command_as_it_is_typed()
    {
        var run = await ToolRun.RunAsync("--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches(@"Usage:\s+tpacket \[command\] \[options\]", run.Output);
        Assert.DoesNotContain("TPacket.Tool", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_printed()
    {
        var run = await ToolRun.RunAsync("--version");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    private static string Line(Receipt receipt, string text) => string.Create(CultureInfo.InvariantCulture, $"{receipt.Offset,8}  {receipt.Time:yyyy-MM-ddTHH:mm:ss.fffZ}  {text}\n");
}

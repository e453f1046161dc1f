using System.Text.Json;
using TPacket.Server.Tests.Harness;
using TPacket.Tool.Commands;
using TPacket.Tool.Load;
using TPacket.Tool.Tests.Harness;

namespace TPacket.Tool.Tests;

public sealed class LoadTests
{
    [Fact]
    public async Task A_load_within_the_servers_limits_counts_every_delivery()
    {
        await using var server = await TestServer.StartAsync();

        var run = await ToolRun.RunAsync("load", server.Address, "--clients", "7", "--rooms", "2", "--rate", "70", "--duration", "1", "--json");

        var json = JsonDocument.Parse(run.Output).RootElement;
        // The rooms have four and three members: 40 of the 70 messages reach four members, 30 reach three.
        Assert.Equal((70L, 250L), (json.GetProperty("sent").GetInt64(), json.GetProperty("received").GetInt64()));
        Assert.Equal((0L, 0L, 0L, 0L), (Count("lost"), Count("outOfPlace"), Count("refused"), Count("ended")));
        Assert.InRange(json.GetProperty("delayMilliseconds").GetProperty("p50").GetDouble(), 0.001, json.GetProperty("delayMilliseconds").GetProperty("longest").GetDouble());
        Assert.Equal(0, run.ExitCode);

        long Count(string name) => json.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Rejected_messages_fail_the_load()
    {
        await using var server = await TestServer.StartAsync(options => (options.PacketsPerSecond, options.PacketBurst) = (1, 5));

        var run = await ToolRun.RunAsync("load", server.Address, "--clients", "1", "--rooms", "1", "--rate", "50", "--duration", "1");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Matches(@"refused       [1-9]", run.Output);
        Assert.Contains("lost          0\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_client_fails_the_load_with_the_reason()
    {
        await using var server = await TestServer.StartAsync(options => options.MaxConnections = 2);

        var run = await ToolRun.RunAsync("load", server.Address, "--clients", "3", "--rooms", "1");

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.NotEmpty(run.Errors);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_load()
    {
        await using var server = await TestServer.StartAsync();
        using var interrupt = new CancellationTokenSource();

        var run = ToolRun.RunAsync(interrupt.Token, "load", server.Address, "--clients", "2", "--rooms", "1", "--duration", "3600");
        await Deadline.UntilAsync(() => server.Get<TPacket.Server.IRoomDirectory>().Rooms.Any(static room => room.MemberCount == 2));
        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await run.WaitAsync(Deadline.Limit)).ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000)]
    [InlineData(123_456)]
    [InlineData(9_999_999_999)]
    public void A_delay_is_counted_within_one_percent(long microseconds)
    {
        var delays = new Delays();
        delays.Add(TimeSpan.FromMicroseconds(microseconds));
        delays.Add(TimeSpan.FromHours(10));

        Assert.InRange(delays.At(0.5).TotalMicroseconds, microseconds, microseconds * 1.01);
        Assert.Equal(TimeSpan.FromHours(10), delays.Longest);
        Assert.Equal(TimeSpan.FromHours(10), delays.At(1));
    }

    [Fact]
    public void A_message_round_trips()
    {
        var text = new byte[LoadMessage.MinSize + 5];
        new LoadMessage(12, 345, long.MaxValue).Write(text);

        Assert.True(LoadMessage.TryRead(text, out var message));
        Assert.Equal(new LoadMessage(12, 345, long.MaxValue), message);
        Assert.False(LoadMessage.TryRead(text.AsSpan(0, LoadMessage.MinSize - 1), out _));
        Assert.False(LoadMessage.TryRead("hello, which somebody else has said here"u8, out _));
    }
}

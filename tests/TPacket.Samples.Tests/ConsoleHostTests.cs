using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

public sealed class ConsoleHostTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_signal_stops_the_host_cleanly_and_closes_its_clients(PosixSignal signal)
    {
        await using var sample = await StartAsync();
        var (client, id) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "lobby", _deadline.Token);
        using var alice = client;
        Assert.True(id >= 0x1000);
        // Windows has no signals to send; the test ends there.
        if (OperatingSystem.IsWindows())
            return;

        var stopping = sample.StopAsync(signal, _deadline.Token);
        await alice.ReceiveCloseAsync();
        var ended = await stopping;

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, alice.CloseStatus);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("Stopped.", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_has_joins_and_leaves_and_no_messages()
    {
        const string Secret = "nobody else is to read this";
        // Rooms are logged at Debug; messages are logged at no level.
        await using var sample = await StartAsync("--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Trace");
        var (client, id) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "lobby", _deadline.Token);
        using (client)
        {
            await client.SendAsync(PacketClient.NewMsg, Secret);
            Assert.Equal(Secret, (await client.ReceiveAsync()).Text);
            // A message that is refused for its length is not logged either.
            Assert.Equal(PacketClient.RespError, (await client.AskAsync(PacketClient.NewMsg, string.Concat(Enumerable.Repeat(Secret, 20)))).Command);
            await client.CloseAsync();
        }

        await sample.LogHasAsync($"alice ({id}) signed out", _deadline.Token);
        var log = await sample.EndAsync(_deadline.Token);

        Assert.Contains($"alice ({id}) signed in from 127.0.0.1:", log, StringComparison.Ordinal);
        Assert.Contains($"alice ({id}) entered room 'lobby', which now has 1 members.", log, StringComparison.Ordinal);
        Assert.Contains($"alice ({id}) left room 'lobby', which now has 0 members.", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_ends_the_host_with_one_line_that_names_the_address()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        var taken = (IPEndPoint)holder.LocalEndPoint!;

        var ended = await SampleProcess.RunAsync(
            SampleProcess.ConsoleHost, _deadline.Token, "--TPacket:Address=127.0.0.1", $"--TPacket:Port={taken.Port}");

        Assert.StartsWith($"Cannot listen on {taken}: ", OnlyLine(ended), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TPacket:Port", "70000", "0 to 65535")]
    [InlineData("TPacket:OutboundQueueBytes", "1", "1024 to 1073741824")]
    [InlineData("TPacket:PongTimeout", "00:00:00", "00:00:00.0010000 to 730.00:00:00")]
    public async Task A_setting_out_of_range_ends_the_host_with_one_line_that_names_the_setting_and_the_range(string setting, string value, string range)
    {
        var ended = await SampleProcess.RunAsync(SampleProcess.ConsoleHost, _deadline.Token, $"--{setting}={value}");

        Assert.Equal($"{setting} must be {range}, but is {value}.", OnlyLine(ended));
    }

    [Fact]
    public async Task A_setting_that_cannot_be_parsed_ends_the_host_with_one_line_that_names_it()
    {
        var ended = await SampleProcess.RunAsync(SampleProcess.ConsoleHost, _deadline.Token, "--TPacket:Port=many");

        Assert.Contains("'TPacket:Port'", OnlyLine(ended), StringComparison.Ordinal);
    }

    public void Dispose() => _deadline.Dispose();

    private Task<SampleProcess> StartAsync(params string[] arguments) => SampleProcess.StartAsync(SampleProcess.ConsoleHost, _deadline.Token, arguments);

    /// <summary>Checks the output of a failed start: one line on standard error, and no stack trace.</summary>
    private static string OnlyLine(SampleProcess.Ended ended)
    {
        Assert.Equal(1, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
        return Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}

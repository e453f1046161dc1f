using System.Net;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Samples.Tests;

/// <summary>A server process that is stopped for longer than its clients may be silent, as by SIGSTOP or in a paused container.</summary>
public sealed class FrozenServerTests : IDisposable
{
    private const int Clients = 100;

    // Longer than both together.
    private static readonly TimeSpan _stop = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _deadline.Dispose();

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task No_client_that_has_answered_is_disconnected(string transport)
    {
        // Windows has no such signal, and only Linux has /proc.
        if (!OperatingSystem.IsLinux())
            return;
        await using var sample = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost,
            _deadline.Token,
            $"--TPacket:Transport={transport}",
            "--TPacket:PingAfterIdle=00:00:00.500",
            "--TPacket:PongTimeout=00:00:05",
            "--TPacket:HeartbeatPeriod=00:00:00.100");
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => SignInAsync(sample.EndPoint, i)));
        try
        {
            // Each client owes the server a pong when the server is stopped, and sends it meanwhile.
            await Task.WhenAll(clients.Select(ReadPingAsync));
            await sample.FreezeAsync(_deadline.Token);
            foreach (var client in clients)
                await client.SendAsync(ClientFrame.Write(ServerFrame.Pong, []));
            // The duration of the stop is the subject of this test.
            await Task.Delay(_stop, _deadline.Token);
            await sample.ThawAsync(_deadline.Token);

            // The server pings the clients again, and serves them.
            await Task.WhenAll(clients.Select(ReadPingAsync));
            foreach (var client in clients)
                await client.SendAsync(new Packet(77, Wire.Unknown, ""));
            foreach (var client in clients)
                Assert.Equal(77, (await ReadAsync(client, static frame => frame.Opcode != ServerFrame.Ping)).Packet.Uid);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }

    private static async Task<RawClient> SignInAsync(string endPoint, int number)
    {
        var client = await RawClient.ConnectAsync(IPEndPoint.Parse(endPoint));
        await client.UpgradeAsync();
        await client.SendAsync([
            .. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.SetUserNick, $"client {number}"))]);
        // On a slow machine a ping may arrive first.
        Assert.Equal(new Packet(2, Wire.RespOk, ""), (await ReadAsync(client, static frame => frame.Opcode != ServerFrame.Ping)).Packet);
        return client;
    }

    private static Task ReadPingAsync(RawClient client) => ReadAsync(client, static frame => frame.Opcode == ServerFrame.Ping);

    private static async Task<ServerFrame> ReadAsync(RawClient client, Func<ServerFrame, bool> wanted)
    {
        ServerFrame frame;
        do
            frame = await client.ReadFrameAsync();
        while (!wanted(frame));
        return frame;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Samples.Tests;

/// <summary>A server with more peers than file descriptors.</summary>
[Trait("Speed", "Slow")]
public sealed partial class DescriptorLimitTests : IDisposable
{
    private const string Suspended = "Stopped accepting at ";
    private const string Resumed = "Resumed accepting at ";
    private const int FewDescriptors = 220;
    private const int MorePeers = 50;
    private const int Slack = 8;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));
    private readonly List<Socket> _silent = [];

    [Theory]
    [InlineData("Epoll", 220)]
    [InlineData("Epoll", 1000)]
    [InlineData("Sockets", 220)]
    [InlineData("Sockets", 1000)]
    public async Task A_server_without_spare_descriptors_serves_its_connections_and_accepts_the_next_when_some_are_free(string transport, int limit)
    {
        if (!OperatingSystem.IsLinux())
            return;
        // The test ends the silent peers; the log names each accepted one.
        await using var sample = await SampleProcess.StartLimitedAsync(
            SampleProcess.ConsoleHost,
            limit,
            _deadline.Token,
            $"--TPacket:Transport={transport}",
            "--TPacket:HandshakeTimeout=01:00:00",
            "--Logging:LogLevel:TPacket.Server.Hosting.ConnectionAcceptor=Debug");
        var (client, _) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "lobby", _deadline.Token);
        using var alice = client;
        await ConnectSilentAsync(sample.EndPoint, limit + MorePeers);

        var begun = await sample.LogHasAsync(Suspended, _deadline.Token);
        var served = int.Parse(Number().Match(begun).Groups[1].Value, CultureInfo.InvariantCulture);
        // Some descriptors are left for threads, of which each processor gets one at once, and for files; a connection takes one.
        var reserve = Math.Min(limit / 8, 32 + (2 * Environment.ProcessorCount));
        Assert.InRange(sample.Descriptors, limit - reserve - Slack, limit - reserve + 2);
        Assert.InRange(served, 2, limit - reserve);
        await ServesAsync(alice);

        // The server accepts in the order of the connects, except that neighbours may change places on two processors.
        // One free descriptor may not be enough: an assembly that is loaded after the suspension takes descriptors of the reserve.
        var waiting = _silent.Skip(served + Slack).Select(static silent => $"Connection from {silent.LocalEndPoint}.").ToList();
        foreach (var silent in _silent.Take(3 * Slack))
            silent.Dispose();
        await sample.LogHasAsync(line => waiting.Exists(text => line.Contains(text, StringComparison.Ordinal)), "connection that has waited", _deadline.Token);
        await ServesAsync(alice);

        foreach (var silent in _silent)
            silent.Dispose();
        await sample.LogHasAsync(Resumed, _deadline.Token);
        var (later, _) = await PacketClient.EnterAsync(sample.EndPoint, "bob", "elsewhere", _deadline.Token);
        using var bob = later;
        await ServesAsync(alice);

        var stopping = sample.StopAsync(PosixSignal.SIGTERM, _deadline.Token);
        await alice.ReceiveCloseAsync();
        await bob.ReceiveCloseAsync();
        var ended = await stopping;
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Single(ended.Output.Split('\n'), static line => line.Contains(Suspended, StringComparison.Ordinal));
        Assert.Single(ended.Output.Split('\n'), static line => line.Contains(Resumed, StringComparison.Ordinal));
        Assert.DoesNotContain("fail: ", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task A_renewed_certificate_is_read_during_a_shortage(string transport)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var files = new TestCertificate();
        await using var sample = await SampleProcess.StartLimitedAsync(
            SampleProcess.ConsoleHost,
            FewDescriptors,
            _deadline.Token,
            $"--TPacket:Transport={transport}",
            "--TPacket:HandshakeTimeout=01:00:00",
            "--TPacket:Endpoints:0:Address=127.0.0.1",
            "--TPacket:Endpoints:0:Port=0",
            $"--TPacket:Endpoints:0:Certificate={files.PemPath}",
            $"--TPacket:Endpoints:0:CertificateKey={files.KeyPath}",
            "--TPacket:Endpoints:1:Address=127.0.0.1",
            "--TPacket:Endpoints:1:Port=0");
        var tls = TlsEndPoint().Match(await sample.LogHasAsync(" with TLS as ", _deadline.Token)).Groups[1].Value;
        await ConnectSilentAsync(sample.EndPoint, FewDescriptors + MorePeers);
        await sample.LogHasAsync(Suspended, _deadline.Token);

        files.Issue("renewed");
        string subject;
        var freed = 0;
        do
        {
            // The endpoints take turns, so that TLS gets one of these. The server has not used the certificate for another connection so far.
            for (var i = 0; i < 5 && freed < _silent.Count; i++)
                _silent[freed++].Dispose();
            subject = await SubjectAsync(tls);
        }
        while (subject != "CN=renewed");

        await sample.LogHasAsync("new connections use CN=renewed", _deadline.Token);
        foreach (var silent in _silent)
            silent.Dispose();
        await sample.LogHasAsync(Resumed, _deadline.Token);
        Assert.DoesNotContain("fail: ", await sample.EndAsync(_deadline.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task Descriptors_of_peers_without_a_PROXY_header_are_released_at_the_deadline(string transport)
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var sample = await SampleProcess.StartLimitedAsync(
            SampleProcess.ConsoleHost,
            FewDescriptors,
            _deadline.Token,
            $"--TPacket:Transport={transport}",
            "--TPacket:HandshakeTimeout=00:00:03",
            "--TPacket:Endpoints:0:Address=127.0.0.1",
            "--TPacket:Endpoints:0:Port=0",
            "--TPacket:Endpoints:0:ProxyProtocol=true");
        await ConnectSilentAsync(sample.EndPoint, FewDescriptors + MorePeers);
        await sample.LogHasAsync(Suspended, _deadline.Token);

        // The server ends the silent peers.
        await sample.LogHasAsync(Resumed, _deadline.Token);
        using var served = await RawClient.ConnectAsync(IPEndPoint.Parse(sample.EndPoint));
        await served.SendAsync("PROXY UNKNOWN\r\n");
        await served.UpgradeAsync();
        var output = await sample.EndAsync(_deadline.Token);
        Assert.Single(output.Split('\n'), static line => line.Contains(Suspended, StringComparison.Ordinal));
        Assert.DoesNotContain("fail: ", output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var silent in _silent)
            silent.Dispose();
        _deadline.Dispose();
    }

    private static async Task ServesAsync(PacketClient client) =>
        // The answer is the next packet, since no other user is in the room.
        Assert.Equal(PacketClient.RespError, (await client.AskAsync(99)).Command);

    /// <summary>Does a TLS handshake.</summary>
    /// <returns>The subject of the server's certificate.</returns>
    private async Task<string> SubjectAsync(string endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(endPoint), _deadline.Token);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, _deadline.Token);
        return ((X509Certificate2)tls.RemoteCertificate!).Subject;
    }

    /// <summary>Connects silent peers; the listener's backlog holds the peers that are not accepted.</summary>
    private async Task ConnectSilentAsync(string endPoint, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _silent.Add(socket);
            await socket.ConnectAsync(IPEndPoint.Parse(endPoint), _deadline.Token);
        }
    }

    [GeneratedRegex($"{Suspended}(\\d+) ")]
    private static partial Regex Number();

    [GeneratedRegex(@"Listening on (\S+) with TLS as ")]
    private static partial Regex TlsEndPoint();
}

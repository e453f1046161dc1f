using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using TPacket.Transports.Sockets;
using TPacket.WebSockets;

namespace TPacket.Server.Tests;

/// <summary>Several endpoints, TLS and Unix domain sockets (docs/configuration.md, Endpoints).</summary>
public sealed class EndpointTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task All_endpoints_share_their_rooms()
    {
        await using var server = await StartAsync(
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0 },
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath });
        Assert.Equal(2, server.Server.EndPoints.Distinct().Count());
        await using var plain = await TestClient.ConnectAsync(UriOf(server, 0, "ws"));
        await using var encrypted = await TestClient.ConnectAsync(UriOf(server, 1, "wss"));
        await plain.SignInAsync("plain");
        await plain.JoinAsync("room");
        await encrypted.SignInAsync("encrypted");
        await encrypted.JoinAsync("room");
        Assert.Equal("encrypted", (await plain.ReceiveAsync()).Text);
        await plain.SayAsync("hello");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "hello", plain.Id), await encrypted.ReceiveAsync());
    }

    [Fact]
    public async Task A_certificate_may_come_from_a_PKCS_12_file()
    {
        await using var server = await StartAsync(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PfxPath, CertificatePassword = "secret" });
        await using var client = await TestClient.ConnectAsync(UriOf(server, 0, "wss"));
        await client.SignInAsync("alice");
        Assert.Contains(server.Logs.All, static e => e.Id == 1006);
    }

    [Fact]
    public async Task A_certificate_that_changes_serves_the_next_connection()
    {
        var time = new WatchedTime();
        await using var server = await StartAsync(time, new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath });
        await using var before = await TestClient.ConnectAsync(UriOf(server, 0, "wss"));
        _certificate.Issue("renewed");
        time.Advance(TimeSpan.FromSeconds(2));
        await using var after = await TestClient.ConnectAsync(UriOf(server, 0, "wss"));
        Assert.Equal("CN=renewed", (await server.Logs.FirstAsync(static e => e.Id == 1007)).Values["Subject"]);
        await before.SignInAsync("before");
        await after.SignInAsync("after");

        File.WriteAllText(_certificate.PemPath, "broken");
        time.Advance(TimeSpan.FromSeconds(2));
        await using var still = await TestClient.ConnectAsync(UriOf(server, 0, "wss"));
        await server.Logs.FirstAsync(static e => e.Id == 1008);
        await still.SignInAsync("still");
    }

    [Fact]
    public async Task Plain_bytes_on_the_port_of_TLS_end_their_connection_and_are_counted()
    {
        await using var server = await StartAsync(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath });
        using var socket = new ClientWebSocket();
        using var deadline = Deadline.Start();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(UriOf(server, 0, "ws"), deadline.Token));
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "TlsFailed"));
        Assert.DoesNotContain(server.Logs.All, static e => e.Error is not null);
        await using var other = await TestClient.ConnectAsync(UriOf(server, 0, "wss"));
        await other.SignInAsync("other");
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("")]
    public async Task A_certificate_that_cannot_be_used_keeps_the_server_from_starting(string content)
    {
        File.WriteAllText(_certificate.PemPath, content);
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0 },
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath }));
        Assert.Contains(_certificate.PemPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_may_come_over_a_Unix_domain_socket()
    {
        await using (var server = await StartAsync(new TPacketEndpointOptions { UnixSocket = _certificate.SocketPath }))
        {
            using var transport = new SocketTransport();
            using var deadline = Deadline.Start();
            var connection = await transport.ConnectAsync(new UnixDomainSocketEndPoint(_certificate.SocketPath), deadline.Token);
            await using var channel = await WebSocketChannel.UpgradeAsync(connection, new Uri("ws://localhost/"), cancellationToken: deadline.Token);
            await channel.SendAsync(MessageType.Binary, new Packet(0, Wire.Nop, Wire.MagicString).Encode(), deadline.Token);
            await channel.SendAsync(MessageType.Binary, new Packet(7, Wire.SetUserNick, "alice").Encode(), deadline.Token);
            var reply = (await channel.ReceiveAsync(deadline.Token))!.Value;
            Assert.Equal(new Packet(7, Wire.RespOk, ""), Packet.Decode(reply.Payload.Span));
            Assert.Equal("alice", Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users).Nick);
        }

        Assert.False(File.Exists(_certificate.SocketPath));
    }

    private static Task<TestServer> StartAsync(params TPacketEndpointOptions[] endpoints) => StartAsync(null, endpoints);

    private static Task<TestServer> StartAsync(TimeProvider? time, params TPacketEndpointOptions[] endpoints) => TestServer.StartAsync(o => o.Endpoints = endpoints, time: time);

    private static Uri UriOf(TestServer server, int endpoint, string scheme) => new($"{scheme}://localhost:{((IPEndPoint)server.Server.EndPoints[endpoint]).Port}/");
}

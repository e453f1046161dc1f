using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Hosting;

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
    public async Task A_client_can_connect_over_a_Unix_domain_socket()
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

    [Fact]
    public async Task Behind_a_proxy_limits_and_logs_use_the_address_of_the_client()
    {
        await using var server = await TestServer.StartAsync(static o =>
            (o.Endpoints, o.MaxConnectionsPerAddress) = ([new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true }], 1));
        using var first = await server.ConnectRawAsync();
        await first.SendAsync("PROXY TCP4 203.0.113.7 203.0.113.1 40000 443\r\n");
        await first.SignInAsync("first");
        Assert.Equal(new IPEndPoint(IPAddress.Parse("203.0.113.7"), 40000), Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users).RemoteEndPoint);

        using var same = await server.ConnectRawAsync();
        await same.SendAsync("PROXY TCP4 203.0.113.7 203.0.113.1 40001 443\r\n");
        Assert.Empty(await same.ReadToEndAsync());
        await server.Logs.FirstAsync(static e => e.Id == 1104);
        using var other = await server.ConnectRawAsync();
        await other.SendAsync("PROXY TCP4 203.0.113.8 203.0.113.1 40001 443\r\n");
        await other.SignInAsync("other");
    }

    [Fact]
    public async Task Behind_a_proxy_TLS_follows_its_header()
    {
        await using var server = await StartAsync(
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, ProxyProtocol = true, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath });
        using var deadline = Deadline.Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.EndPoint, deadline.Token);
        await socket.GetStream().WriteAsync("PROXY TCP6 2001:db8::7 2001:db8::1 40000 443\r\n"u8.ToArray(), deadline.Token);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), deadline.Token);
        var answer = new byte[12];
        await tls.ReadExactlyAsync(answer, deadline.Token);
        Assert.Equal("HTTP/1.1 426", Encoding.ASCII.GetString(answer));
        Assert.Equal("[2001:db8::7]:40000", (await server.Logs.FirstAsync(static e => e.Id == 1100)).Values["RemoteEndPoint"]?.ToString());
    }

    [Theory]
    [InlineData("0666")]
    [InlineData("0660")]
    [InlineData("600")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_file_of_a_Unix_domain_socket_has_the_mode_of_its_endpoint(string mode)
    {
        var options = new TPacketEndpointOptions { UnixSocket = _certificate.SocketPath };
        if (mode != "0666")
            options.UnixSocketMode = mode;
        await using var server = await StartAsync(options);
        Assert.Equal((UnixFileMode)Convert.ToInt32(mode, 8), File.GetUnixFileMode(_certificate.SocketPath));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Clients_of_a_Unix_domain_socket_have_no_address_that_a_limit_counts_and_are_unknown_to_the_log()
    {
        await using var server = await TestServer.StartAsync(o => (o.Endpoints, o.MaxConnectionsPerAddress) = ([new() { UnixSocket = _certificate.SocketPath }], 1));
        using var transport = new SocketTransport();
        using var deadline = Deadline.Start();
        var clients = new List<WebSocketChannel>();
        for (var i = 0; i < 3; i++)
        {
            var connection = await transport.ConnectAsync(new UnixDomainSocketEndPoint(_certificate.SocketPath), deadline.Token);
            clients.Add(await WebSocketChannel.UpgradeAsync(connection, new Uri("ws://localhost/"), cancellationToken: deadline.Token));
        }

        Assert.Equal(3, server.Server.ConnectionCount);
        await clients[0].SendAsync(MessageType.Binary, "no packet"u8.ToArray(), deadline.Token);
        await server.Logs.FirstAsync(static e => e.Id == 1206);
        foreach (var client in clients)
            await client.DisposeAsync();
        await server.EndedAsync(3);
        Assert.Contains(server.Logs.All, static e => e is { Id: 1100, Message: "Connection from unknown." });
        Assert.DoesNotContain(server.Logs.All, static e => e.Message.Contains("(null)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n", true)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", true)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\0\0\0", true)]
    [InlineData("PROXY TCP4 203.0.113.7 203.0.113.1 40000 443\r\n", false)]
    public async Task Clients_without_an_address_from_the_proxy_are_not_counted_as_one(string header, bool isServed)
    {
        await using var server = await TestServer.StartAsync(static o =>
            (o.Endpoints, o.MaxConnectionsPerAddress) = ([new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true }], 1));
        using var first = await server.ConnectRawAsync();
        await first.SendAsync(Encoding.Latin1.GetBytes(header));
        await first.SignInAsync("first");
        using (var second = await server.ConnectRawAsync())
        {
            await second.SendAsync(Encoding.Latin1.GetBytes(header));
            if (isServed)
                await second.SignInAsync("second");
            else
                Assert.Empty(await second.ReadToEndAsync());
        }

        if (!isServed)
            return;
        // No connection is uncounted that was not counted.
        await server.EndedAsync();
        using var proxy = await server.ConnectRawAsync();
        await proxy.SendAsync($"PROXY TCP4 127.0.0.1 127.0.0.1 40000 443\r\n");
        await proxy.SignInAsync("proxy");
        using var another = await server.ConnectRawAsync();
        await another.SendAsync($"PROXY TCP4 127.0.0.1 127.0.0.1 40001 443\r\n");
        Assert.Empty(await another.ReadToEndAsync());
    }

    [Theory]
    [InlineData(TransportKind.Auto, false)]
    [InlineData(TransportKind.Auto, true)]
    [InlineData(TransportKind.Sockets, false)]
    [InlineData(TransportKind.Sockets, true)]
    public async Task A_connection_that_ends_before_its_first_byte_is_not_logged(TransportKind transport, bool resets)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.Endpoints) = (transport,
        [
            new() { Address = "127.0.0.1", Port = 0 },
            new() { Address = "127.0.0.1", Port = 0, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath },
            new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true },
            new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath },
        ]));
        foreach (var endPoint in server.Server.EndPoints)
        {
            using var probe = await RawClient.ConnectAsync((IPEndPoint)endPoint);
            if (resets)
                probe.Reset();
            else
                probe.ShutdownSend();
        }

        // A health check of a proxy, which sends the header alone.
        using var local = await RawClient.ConnectAsync((IPEndPoint)server.Server.EndPoints[3]);
        await local.SendAsync("PROXY UNKNOWN\r\n");
        await server.Logs.NthAsync(3, static e => e.Id == 1100);
        local.ShutdownSend();

        await server.Logs.NthAsync(2, static e => e.Id == 1106);
        await server.EndedAsync(3);
        Assert.All(server.Logs.All.Where(static e => e.Id >= 1100), static e => Assert.Equal(LogLevel.Debug, e.Level));
        Assert.Equal(0, server.Metrics.Sum("tpacket.server.refused_connections"));
        Assert.DoesNotContain(server.Metrics.Measurements.All, static m => m.Is("tpacket.server.connection.duration", "tpacket.end", "TlsFailed"));
    }

    [Theory]
    [InlineData("PROXY TCP4", 1105, LogLevel.Warning)]
    [InlineData("PROXY UNKNOWN\r\n\x16", 1102, LogLevel.Information)]
    public async Task A_connection_that_ends_after_its_first_byte_is_logged(string sent, int id, LogLevel level)
    {
        await using var server = await StartAsync(
            new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, ProxyProtocol = true, Certificate = _certificate.PemPath, CertificateKey = _certificate.KeyPath });
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(sent);
        client.ShutdownSend();
        Assert.Equal(level, (await server.Logs.FirstAsync(e => e.Id == id)).Level);
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(2, 1)]
    public async Task The_time_for_the_handshake_counts_from_the_accepted_connection_on_behind_a_proxy_too(int timeout, int header)
    {
        var time = new WatchedTime();
        await using var server = await TestServer.StartAsync(
            o => (o.Endpoints, o.HandshakeTimeout) = ([new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true }], TimeSpan.FromSeconds(timeout)),
            time: time);
        using var silent = await server.ConnectRawAsync();
        using var slow = await server.ConnectRawAsync();
        // Connections are accepted in order: when this one is accepted, the others are too.
        using var witness = await server.ConnectRawAsync();
        await witness.SendAsync("PROXY UNKNOWN\r\n");
        await witness.SignInAsync("witness");

        time.Advance(TimeSpan.FromSeconds(header));
        await slow.SendAsync("PROXY UNKNOWN\r\n");
        await server.Logs.NthAsync(2, static e => e.Id == 1100);
        time.Advance(TimeSpan.FromSeconds(timeout - header - 1));
        Assert.Equal(2, server.Server.ConnectionCount);
        // Deadlines are late by up to one heartbeat.
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("HTTP/1.1 408 ", await slow.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("The PROXY header was not complete in time.", (await server.Logs.FirstAsync(static e => e.Id == 1105)).Values["Reason"]);
        Assert.Empty(await silent.ReadToEndAsync());
    }

    [Theory]
    [InlineData("127.0.0.1", "GET / HTTP/1.1\r\n\r\n")]
    [InlineData("10.0.0.0/8", "PROXY TCP4 203.0.113.7 203.0.113.1 40000 443\r\n")]
    public async Task A_connection_without_a_header_or_without_trust_is_closed(string trusted, string sent)
    {
        await using var server = await StartAsync(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, ProxyProtocol = true, TrustedProxies = [trusted] });
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(sent);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(LogLevel.Warning, (await server.Logs.FirstAsync(static e => e.Id == 1105)).Level);
        Assert.Equal(1, server.Metrics.Sum("tpacket.server.refused_connections"));
    }

    private static Task<TestServer> StartAsync(params TPacketEndpointOptions[] endpoints) => StartAsync(null, endpoints);

    private static Task<TestServer> StartAsync(TimeProvider? time, params TPacketEndpointOptions[] endpoints) => TestServer.StartAsync(o => o.Endpoints = endpoints, time: time);

    private static Uri UriOf(TestServer server, int endpoint, string scheme) => new($"{scheme}://localhost:{((IPEndPoint)server.Server.EndPoints[endpoint]).Port}/");
}

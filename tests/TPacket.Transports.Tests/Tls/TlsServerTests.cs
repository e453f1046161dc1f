using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Tls;

/// <summary>The server's side handles peers that violate TLS, over each transport.</summary>
public class TlsServerTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    public static TheoryData<string, SslProtocols> Kinds => new()
    {
        { "Sockets", SslProtocols.Tls12 },
        { "Sockets", SslProtocols.Tls13 },
        { "OneLoop", SslProtocols.Tls12 },
        { "OneLoop", SslProtocols.Tls13 },
    };

    [Theory]
    [MemberData(nameof(Transports))]
    public Task Plain_HTTP_is_detected(string transport) => RunAsync(transport, async (server, socket) =>
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var error = Assert.IsType<TlsHandshakeException>(await server.ClosedAsync());
        Assert.Equal(TlsHandshakeFailure.PlainText, error.Failure);
    });

    [Fact]
    public void A_flush_is_handed_over_to_the_loop_of_the_connection_below()
    {
        using var folder = new CertificateFolder();
        using var certificate = folder.Open();
        var below = new ScriptedConnection();
        var connection = TlsConnection.AsServer(below, new TlsServerOptions { Certificate = certificate });
        var flush = new NoFlush();
        Assert.True(connection.TryHandOver(flush));
        Assert.Same(flush, Assert.Single(below.HandedOver));
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_single_plain_byte_is_recognized(string transport) => RunAsync(transport, async (server, socket) =>
    {
        await socket.SendAsync("G"u8.ToArray());
        Assert.Equal(TlsHandshakeFailure.PlainText, Assert.IsType<TlsHandshakeException>(await server.ClosedAsync()).Failure);
        await new Peer(socket).ReceiveAnyEndAsync();
    });

    [Theory]
    [InlineData("Sockets", "1603010005" + "0102030405")]
    [InlineData("OneLoop", "1603010005" + "0102030405")]
    [InlineData("OneLoop", "16030100010000000000000000")]
    [InlineData("OneLoop", "1603017FFF" + "0100000000000000")]
    [InlineData("OneLoop", "1600000000" + "1600000000" + "1600000000")]
    public Task Garbage_instead_of_a_handshake_is_rejected(string transport, string hex) => RunAsync(transport, async (server, socket) =>
    {
        await socket.SendAsync(Convert.FromHexString(hex));
        socket.Shutdown(SocketShutdown.Send);
        var failure = Assert.IsType<TlsHandshakeException>(await server.ClosedAsync()).Failure;
        Assert.True(failure is TlsHandshakeFailure.Refused or TlsHandshakeFailure.PeerDisconnected);
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_client_without_a_common_protocol_is_rejected(string transport) => RunAsync(transport, async (server, socket) =>
    {
        var options = TlsPeer.Options();
        options.ApplicationProtocols = [new("h2")];
        using var peer = await TlsPeer.CreateAsync(socket, options);
        Assert.Equal(TlsHandshakeFailure.Refused, Assert.IsType<TlsHandshakeException>(await server.ClosedAsync()).Failure);
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_client_of_another_version_is_rejected(string transport) => RunAsync(
        transport,
        async (server, socket) =>
        {
            using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(SslProtocols.Tls12));
            Assert.Equal(TlsHandshakeFailure.Refused, Assert.IsType<TlsHandshakeException>(await server.ClosedAsync()).Failure);
        },
        static options => options with { Protocols = SslProtocols.Tls13 });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_peer_that_ends_its_stream_before_the_handshake_is_reported(string transport) => RunAsync(transport, async (server, socket) =>
    {
        socket.Shutdown(SocketShutdown.Send);
        Assert.True(await server.ClosedAsync() is TlsHandshakeException { Failure: TlsHandshakeFailure.PeerDisconnected, IsBeforeFirstByte: true, InnerException: null });
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_reset_before_the_first_byte_is_reported(string transport) => RunAsync(transport, async (server, socket) =>
    {
        new Peer(socket).Reset();
        Assert.True(await server.ClosedAsync() is TlsHandshakeException { Failure: TlsHandshakeFailure.PeerDisconnected, IsBeforeFirstByte: true, InnerException: not null });
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_reset_during_the_handshake_is_reported(string transport) => RunAsync(transport, async (server, socket) =>
    {
        await socket.SendAsync(BeginningOfHandshake);
        new Peer(socket).Reset();
        Assert.True(await server.ClosedAsync() is TlsHandshakeException { Failure: TlsHandshakeFailure.PeerDisconnected, IsBeforeFirstByte: false });
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task Close_ends_a_handshake_that_never_completes(string transport) => RunAsync(transport, async (server, socket) =>
    {
        await socket.SendAsync(BeginningOfHandshake);
        // As the layer above does when the peer's time is over.
        Assert.Equal(0, server.Connection.TrySend("too late"u8));
        server.Connection.SendWhenWritable("too late"u8);
        server.Connection.ShutdownSend();
        server.Close();
        Assert.Null(await server.ClosedAsync());
        Assert.Equal(-1, server.Connection.TrySend("x"u8));
        Assert.Equal(0, server.Writables);
        await new Peer(socket).ReceiveAnyEndAsync();
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task Close_during_the_handshake_leads_to_one_notification(string transport) => RunAsync(
        transport,
        async (server, socket) =>
        {
            var closing = Task.Run(server.Close);
            using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options());
            await closing;
            Assert.Null(await server.ClosedAsync());
            await peer.ReceiveAnyEndAsync();
        },
        times: 50);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_connection_that_is_closed_without_a_start_ends_for_its_peer(string transport)
    {
        using var folder = new CertificateFolder();
        using var certificate = folder.Open();
        using var listening = TestTransports.Create(transport);
        await using var listener = listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start(connection => TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = certificate }).Close(), static _ => { });
        using var peer = await Peer.ConnectAsync(listener.EndPoint);
        await peer.ReceiveAnyEndAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_disposal_of_a_transport_ends_the_TLS_connections_on_it(bool isOpen, bool hasEnded)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var rented = new Rented();
        using var folder = new CertificateFolder();
        using var certificate = folder.Open();
        var listening = TestTransports.OneLoop();
        await using var listener = listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var accepted = new TaskCompletionSource<Probe>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(
            connection =>
            {
                var probe = new Probe(TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = certificate }));
                probe.Connection.Start(probe);
                accepted.SetResult(probe);
            },
            static _ => { });
        using var socket = await Peer.ConnectSocketAsync(listener.EndPoint);
        var server = await accepted.Task.WaitAsync(Deadline.Limit);
        using var peer = isOpen ? await TlsPeer.CreateAsync(socket, TlsPeer.Options()) : new Peer(socket);
        await peer.SendAsync(isOpen ? "x"u8.ToArray() : BeginningOfHandshake);
        if (isOpen)
            await server.ReceivedAsync(1);
        if (hasEnded)
        {
            peer.ShutdownSend();
            await server.EndOfInputAsync();
        }

        listening.Dispose();
        Assert.Null(await server.ClosedAsync());
        Assert.Equal(1, server.Closes);
        await rented.ReturnedAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task An_abort_resets_the_connection_below_while_the_peer_does_not_read(string transport, SslProtocols protocols) => RunAsync(transport, async (server, socket) =>
    {
        using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(protocols));
        await peer.SendAsync("x"u8.ToArray());
        await server.ReceivedAsync(1);
        while (server.Connection.TrySend(new byte[64 * 1024]) > 0)
        {
        }

        server.Abort();
        Assert.Null(await server.ClosedAsync());
        // The peer has read nothing, so its system reports the reset after the received bytes.
        var raw = new byte[64 * 1024];
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await socket.ReceiveAsync(raw).WaitAsync(Deadline.Limit) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_stream_that_ends_without_close_notify_is_an_error(string transport, SslProtocols protocols) => RunAsync(transport, async (server, socket) =>
    {
        using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(protocols));
        await peer.SendAsync("cut"u8.ToArray());
        await server.ReceivedAsync(3);
        socket.Shutdown(SocketShutdown.Send);
        Assert.IsType<EndOfStreamException>(await server.ClosedAsync());
        Assert.Equal(0, server.EndsOfInput);
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_close_notify_alone_is_the_end_of_input(string transport, SslProtocols protocols) => RunAsync(transport, async (server, socket) =>
    {
        using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(protocols));
        await peer.SendAsync("last"u8.ToArray());
        await peer.Stream.ShutdownAsync();
        await server.EndOfInputAsync();
        Assert.Equal("last"u8.ToArray(), server.Bytes);
        Assert.Equal(5, server.Connection.TrySend("still"u8));
        Assert.Equal("still"u8.ToArray(), await peer.ReceiveAsync(5));
        Assert.Equal(0, server.Closes);

        // No read is pending, but the connection still notices the reset.
        peer.Reset();
        Assert.NotNull(await server.ClosedAsync());
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_record_that_was_modified_on_its_way_ends_the_connection(string transport, SslProtocols protocols) => RunAsync(transport, async (server, socket) =>
    {
        using var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(protocols));
        await peer.SendAsync("x"u8.ToArray());
        await server.ReceivedAsync(1);
        await socket.SendAsync(Convert.FromHexString("1703030020" + new string('5', 64)));
        Assert.IsType<IOException>(await server.ClosedAsync());
        Assert.Equal("x"u8.ToArray(), server.Bytes);
        await peer.ReceiveAnyEndAsync();
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Records_that_arrive_one_byte_at_a_time_are_decrypted(string transport, SslProtocols protocols) => RunAsync(transport, async (server, socket) =>
    {
        using var slow = new SlowStream(socket);
        using var tls = new System.Net.Security.SslStream(slow);
        using var deadline = Deadline.Start();
        await tls.AuthenticateAsClientAsync(TlsPeer.Options(protocols), deadline.Token);
        var text = Encoding.ASCII.GetBytes(new string('t', 100));
        await tls.WriteAsync(text);
        Assert.Equal(text, await server.ReceivedAsync(text.Length));
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Close_waits_for_a_peer_that_does_not_read_as_long_as_the_options_say(string transport, SslProtocols protocols)
    {
        var time = new WatchedTime();
        var linger = TimeSpan.FromHours(1);
        return RunAsync(
            transport,
            async (server, socket) =>
            {
                var peer = await TlsPeer.CreateAsync(socket, TlsPeer.Options(protocols));
                await FillAsync(server.Connection);
                server.Close();
                Assert.Equal(linger, await time.PassNextTimerAsync());
                await peer.ReceiveAnyEndAsync();
            },
            options => options with { Linger = linger },
            time: time);
    }

    /// <summary>Sends until neither the connection nor the system accepts more bytes.</summary>
    private static async Task FillAsync(TransportConnection connection)
    {
        using var deadline = Deadline.Start();
        var bytes = Pattern.Create(100_000);
        var hasSent = false;
        for (var refusals = 0; refusals < 10;)
        {
            if (connection.TrySend(bytes) > 0)
            {
                (hasSent, refusals) = (true, 0);
                continue;
            }

            // No bytes are accepted before the end of the handshake either.
            if (hasSent)
                refusals++;
            await Task.Delay(10, deadline.Token);
        }
    }

    /// <summary>A record's header and the beginning of its content.</summary>
    private static byte[] BeginningOfHandshake => Convert.FromHexString("1603010100010000fc0303");

    private static async Task RunAsync(string transport, Func<Probe, Socket, Task> test, Func<TlsServerOptions, TlsServerOptions>? configure = null, int times = 1, TimeProvider? time = null)
    {
        var rented = new Rented();
        using var folder = new CertificateFolder();
        using var certificate = folder.Open();
        var options = new TlsServerOptions { Certificate = certificate };
        options = configure?.Invoke(options) ?? options;
        using (var listening = TestTransports.Create(transport))
        {
            var accepted = System.Threading.Channels.Channel.CreateUnbounded<Probe>();
            await using var listener = listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Start(
                connection =>
                {
                    var probe = new Probe(TlsConnection.AsServer(connection, options, time));
                    probe.Connection.Start(probe);
                    accepted.Writer.TryWrite(probe);
                },
                static _ => { });
            for (var i = 0; i < times; i++)
            {
                using var deadline = Deadline.Start();
                using var socket = await Peer.ConnectSocketAsync(listener.EndPoint);
                var server = await accepted.Reader.ReadAsync(deadline.Token);
                await test(server, socket);
                server.Close();
                await server.ClosedAsync();
                Assert.Equal(1, server.Closes);
                Assert.Empty(server.Breaches);
            }
        }

        await rented.ReturnedAsync();
    }

    /// <summary>A stream that writes byte by byte.</summary>
    private sealed class SlowStream(Socket socket) : NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++)
                await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }
}

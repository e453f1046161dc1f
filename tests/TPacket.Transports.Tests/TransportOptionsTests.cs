using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>The options limit the data that the operating system holds for a connection, and for how long.</summary>
public sealed class TransportOptionsTests
{
    private const int TcpLevel = 6;
    private const int UserTimeout = 18;
    private const int SmallBuffer = 16 * 1024;

    // The peer's receive buffer holds bytes as well. The system makes it a little larger.
    private const int ReceiveBuffer = 4096;

    public static TheoryData<string> Transports => ["Sockets", "OneLoop", "UnixSockets", "UnixLoop"];

    [Theory]
    [InlineData(-1)]
    [InlineData(TransportOptions.LargestSendBuffer + 1)]
    public void A_send_buffer_out_of_range_is_rejected(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { SendBufferBytes = bytes });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(TransportOptions.LargestSendBuffer)]
    public void A_send_buffer_in_range_is_accepted(int bytes) => Assert.Equal(bytes, new TransportOptions { SendBufferBytes = bytes }.SendBufferBytes);

    [Theory]
    [InlineData(-1)]
    [InlineData(TransportOptions.LargestReceiveBuffer + 1)]
    public void A_receive_buffer_out_of_range_is_rejected(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { ReceiveBufferBytes = bytes });

    [Theory]
    [InlineData(0)]
    [InlineData(TransportOptions.LargestReceiveBuffer)]
    public void A_receive_buffer_in_range_is_accepted(int bytes) => Assert.Equal(bytes, new TransportOptions { ReceiveBufferBytes = bytes }.ReceiveBufferBytes);

    [Fact]
    public void Times_that_the_system_cannot_represent_are_rejected()
    {
        var tooLong = TimeSpan.FromMilliseconds(1L + int.MaxValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { Linger = tooLong });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { Linger = -TimeSpan.FromTicks(1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { UnacknowledgedTimeout = tooLong });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportOptions { UnacknowledgedTimeout = -TimeSpan.FromTicks(1) });
        var longest = TimeSpan.FromMilliseconds(int.MaxValue);
        Assert.Equal(longest, new TransportOptions { Linger = longest, UnacknowledgedTimeout = longest }.Linger);
    }

    [Fact]
    public async Task An_accepted_socket_inherits_the_options_of_the_listening_socket()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var options = new TransportOptions { SendBufferBytes = 20_000, ReceiveBufferBytes = 24_000, UnacknowledgedTimeout = TimeSpan.FromSeconds(33) };
        using var listener = SocketTransport.Listen(new IPEndPoint(IPAddress.Loopback, 0), options);
        using var peer = await Peer.ConnectAsync(listener.LocalEndPoint!);
        using var accepted = await listener.AcceptAsync();

        var timeout = new byte[sizeof(int)];
        accepted.GetRawSocketOption(TcpLevel, UserTimeout, timeout);
        Assert.Equal(33_000, BitConverter.ToInt32(timeout));
        // Linux reports the reserved size, twice the requested one.
        Assert.Equal((40_000, 48_000), (accepted.SendBufferSize, accepted.ReceiveBufferSize));
        Assert.True(accepted.NoDelay);
    }

    [Fact]
    public async Task Zero_leaves_everything_to_the_system()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var options = new TransportOptions { SendBufferBytes = 0, ReceiveBufferBytes = 0, UnacknowledgedTimeout = TimeSpan.Zero, Linger = TimeSpan.Zero };
        using var untouched = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var listener = SocketTransport.Listen(new IPEndPoint(IPAddress.Loopback, 0), options);
        Assert.Equal((untouched.SendBufferSize, untouched.ReceiveBufferSize), (listener.SendBufferSize, listener.ReceiveBufferSize));
        var timeout = new byte[sizeof(int)];
        listener.GetRawSocketOption(TcpLevel, UserTimeout, timeout);
        Assert.Equal(0, BitConverter.ToInt32(timeout));

        using var transport = new SocketTransport(options: options);
        var (probe, peer) = await ConnectAsync(transport, new IPEndPoint(IPAddress.Loopback, 0));
        using (peer)
        {
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_system_buffers_little_for_a_peer_that_does_not_read(string kind)
    {
        using var transport = Create(kind, new TransportOptions { SendBufferBytes = SmallBuffer });
        var (probe, peer) = await ConnectAsync(transport, Address(kind));
        using (peer)
        {
            // Twice the buffer, as Linux counts it, and the peer's receive buffer.
            var taken = 0;
            int more;
            while ((more = probe.Connection.TrySend(new byte[4096])) > 0 && taken <= 1_000_000)
                taken += more;
            Assert.InRange(taken, 1, (2 * SmallBuffer) + (16 * ReceiveBuffer));
            probe.Abort();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Theory]
    [InlineData("Sockets")]
    [InlineData("OneLoop")]
    public async Task Bytes_unsent_at_the_close_are_dropped_when_the_peer_does_not_read(string kind)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = Create(kind, new TransportOptions { Linger = TimeSpan.FromMilliseconds(100) });
        var (probe, peer) = await ConnectAsync(transport, Address(kind));
        using (peer)
        {
            while (probe.Connection.TrySend(new byte[64 * 1024]) > 0)
            {
            }

            var local = (IPEndPoint)probe.Connection.LocalEndPoint!;
            var remote = (IPEndPoint)probe.Connection.RemoteEndPoint!;
            Assert.True(IsKnownToTheSystem(local, remote));
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
            using var deadline = Deadline.Start();
            while (IsKnownToTheSystem(local, remote))
            {
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private static bool IsKnownToTheSystem(IPEndPoint local, IPEndPoint remote)
    {
        var pair = string.Create(CultureInfo.InvariantCulture, $" 0100007F:{local.Port:X4} 0100007F:{remote.Port:X4} ");
        return File.ReadLines("/proc/net/tcp").Any(line => line.Contains(pair, StringComparison.Ordinal));
    }

    private static Transport Create(string kind, TransportOptions options) =>
        kind.EndsWith("Loop", StringComparison.Ordinal) ? Transport.CreateFastest(1, options: options) : new SocketTransport(options: options);

    private static EndPoint Address(string kind) =>
        kind.StartsWith("Unix", StringComparison.Ordinal) ? UnixTransport.NewAddress() : new IPEndPoint(IPAddress.Loopback, 0);

    private static async Task<(Probe Probe, Socket Peer)> ConnectAsync(Transport transport, EndPoint address)
    {
        await using var listener = transport.Bind(address);
        var accepted = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(accepted.SetResult, accepted.SetException);
        var isUnix = address.AddressFamily == AddressFamily.Unix;
        var peer = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };
        await peer.ConnectAsync(listener.EndPoint);
        var probe = new Probe(await accepted.Task.WaitAsync(Deadline.Limit));
        probe.Start();
        return (probe, peer);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Sockets;

/// <summary>Listeners on Unix domain sockets: addresses, permissions and the life of the files.</summary>
public class UnixListenerTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_connection_has_the_listeners_address_and_no_remote_address(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        await using var listener = transport.Bind(address);
        Assert.Equal(address, listener.EndPoint);
        var (probe, peer) = await AcceptAsync(listener);
        using (peer)
        {
            Assert.Null(probe.Connection.RemoteEndPoint);
            Assert.Equal(address, probe.Connection.LocalEndPoint);
            probe.Close();
            await probe.ClosedAsync();
        }
    }

    [Theory]
    [InlineData("Sockets", "600")]
    [InlineData("Sockets", "666")]
    [InlineData("OneLoop", "660")]
    [InlineData("OneLoop", "777")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_file_has_the_requested_permissions_whatever_the_umask_is(string name, string mode)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        var asked = (UnixFileMode)Convert.ToInt32(mode, 8);
        await using var listener = transport.Bind(address, asked);
        Assert.Equal(asked, File.GetUnixFileMode(address.ToString()));
        var (probe, peer) = await AcceptAsync(listener);
        peer.Dispose();
        probe.Close();
        await probe.ClosedAsync();
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void No_peer_can_connect_before_the_permissions_of_the_file_are_set()
    {
        var address = UnixTransport.NewAddress();
        const UnixFileMode Asked = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite;
        using var socket = SocketTransport.CreateBound(address, Asked);
        Assert.Equal(Asked, File.GetUnixFileMode(address.ToString()));
        using var early = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => early.Connect(address)).SocketErrorCode);
    }

    [Fact]
    public async Task The_mode_is_ignored_for_an_abstract_name()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = TestTransports.Sockets();
        var address = new UnixDomainSocketEndPoint($"\0tp-{Guid.NewGuid():N}");
        await using var listener = transport.Bind(address, UnixFileMode.UserRead);
        Assert.Equal(address, listener.EndPoint);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_listener_deletes_its_file(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        var listener = transport.Bind(address);
        Assert.True(File.Exists(address.ToString()));
        await listener.DisposeAsync();
        Assert.False(File.Exists(address.ToString()));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_file_without_a_listener_is_replaced(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        // Bound and not listening, like the file of a killed process.
        using var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        left.Bind(address);
        await using var listener = transport.Bind(address);
        var (probe, peer) = await AcceptAsync(listener);
        peer.Dispose();
        probe.Close();
        await probe.ClosedAsync();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_address_in_use_is_rejected_and_its_listener_continues(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        await using var listener = transport.Bind(address);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => transport.Bind(address)).SocketErrorCode);
        // The first connection came from the check for a listener.
        var accepted = Channel.CreateUnbounded<TransportConnection>();
        listener.Start(connection => accepted.Writer.TryWrite(connection), static _ => { });
        using var peer = await Peer.ConnectAsync(address);
        using var deadline = Deadline.Start();
        (await accepted.Reader.ReadAsync(deadline.Token)).Close();
        (await accepted.Reader.ReadAsync(deadline.Token)).Close();
        await peer.ReceiveAnyEndAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("something of value")]
    public void A_file_that_is_no_socket_is_kept(string content)
    {
        using var transport = TestTransports.Sockets();
        var address = UnixTransport.NewAddress();
        File.WriteAllText(address.ToString(), content);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => transport.Bind(address)).SocketErrorCode);
        Assert.Equal(content, File.ReadAllText(address.ToString()));
        File.Delete(address.ToString());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_abstract_name_can_be_listened_on(string name)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = TestTransports.Create(name);
        var address = new UnixDomainSocketEndPoint($"\0tp-{Guid.NewGuid():N}");
        await using var listener = transport.Bind(address);
        Assert.Equal(address, listener.EndPoint);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => transport.Bind(address)).SocketErrorCode);
        var connection = await transport.ConnectAsync(address);
        Assert.Equal(address, connection.RemoteEndPoint);
        Assert.Null(connection.LocalEndPoint);
        connection.Close();
    }

    [Theory]
    [InlineData("Sockets", 0x00, 108)]
    [InlineData("Sockets", 0x00, 100)]
    [InlineData("OneLoop", 0x00, 108)]
    [InlineData("OneLoop", 0x00, 100)]
    [InlineData("OneLoop", (int)'/', 108)]
    public async Task A_peer_with_an_address_that_cannot_be_represented_is_served(string name, int first, int length)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = TestTransports.Create(name);
        await using var listener = transport.Bind(UnixTransport.NewAddress());
        var accepted = Channel.CreateUnbounded<TransportConnection>();
        listener.Start(connection => accepted.Writer.TryWrite(connection), static _ => { });
        var path = first == 0 ? [0, .. Enumerable.Repeat((byte)0xFF, length - 1)] : Encoding.ASCII.GetBytes(UnixTransport.NewAddress().ToString().PadRight(length, 'x'));
        using var deadline = Deadline.Start();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new RawAddress(path));
        try
        {
            await socket.ConnectAsync(listener.EndPoint, deadline.Token);
            (await accepted.Reader.ReadAsync(deadline.Token)).Close();
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], deadline.Token));
        }
        finally
        {
            if (first != 0)
                File.Delete(Encoding.ASCII.GetString(path));
        }

        await AssertServesAsync(listener, accepted.Reader, deadline.Token);
    }

    [Fact]
    public async Task A_peer_with_an_address_that_the_runtime_cannot_hold_loses_only_its_own_connection()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = TestTransports.Sockets();
        await using var listener = transport.Bind(UnixTransport.NewAddress());
        var accepted = Channel.CreateUnbounded<TransportConnection>();
        listener.Start(connection => accepted.Writer.TryWrite(connection), static _ => { });
        var path = UnixTransport.NewAddress().ToString().PadRight(108, 'x');
        using var deadline = Deadline.Start();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new RawAddress(Encoding.ASCII.GetBytes(path)));
        try
        {
            await socket.ConnectAsync(listener.EndPoint, deadline.Token);
        }
        finally
        {
            File.Delete(path);
        }

        await AssertServesAsync(listener, accepted.Reader, deadline.Token);
    }

    private static async Task AssertServesAsync(TransportListener listener, ChannelReader<TransportConnection> accepted, CancellationToken deadline)
    {
        using var peer = await Peer.ConnectAsync(listener.EndPoint);
        (await accepted.ReadAsync(deadline)).Close();
        await peer.ReceiveAnyEndAsync();
    }

    private static async Task<(Probe Probe, Peer Peer)> AcceptAsync(TransportListener listener)
    {
        var accepted = new TaskCompletionSource<Probe>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(
            connection =>
            {
                var probe = new Probe(connection);
                connection.Start(probe);
                accepted.SetResult(probe);
            },
            static _ => { });
        var peer = await Peer.ConnectAsync(listener.EndPoint);
        return (await accepted.Task.WaitAsync(Deadline.Limit), peer);
    }

    /// <summary>An address of arbitrary bytes, which the runtime's class does not support.</summary>
    private sealed class RawAddress(byte[] path) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily, 2 + path.Length);
            path.CopyTo(address.Buffer.Span[2..]);
            return address;
        }

        public override EndPoint Create(SocketAddress socketAddress) => this;
    }
}

using System.Net.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>The files of Unix domain sockets: whose they are, and when they go.</summary>
public class UnixListenerTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_connection_has_the_listeners_address_and_no_remote_one(string name)
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
    [MemberData(nameof(Transports))]
    public async Task The_file_is_removed_with_the_listener(string name)
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
    public async Task A_file_that_nobody_listens_on_is_replaced(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        // Bound, and not listening: what a process that was killed leaves.
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
    public async Task An_address_in_use_is_refused_and_served_on(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        await using var listener = transport.Bind(address);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => transport.Bind(address)).SocketErrorCode);
        // The first connection is the one that has asked whether somebody listens.
        var accepted = System.Threading.Channels.Channel.CreateUnbounded<TransportConnection>();
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
    public void A_file_that_is_no_socket_stays(string content)
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
    public async Task A_name_without_a_file_is_listened_on(string name)
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
}

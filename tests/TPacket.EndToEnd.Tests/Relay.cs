using System.Net;
using System.Net.Sockets;

namespace TPacket.EndToEnd.Tests;

/// <summary>An address that stays while the servers behind it come and go, and whose connections can be cut.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private long _toServer;
    private long _toClients;

    private Relay(IPEndPoint server)
    {
        Server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Bytes of clients that have arrived here.</summary>
    public long ToServer => Volatile.Read(ref _toServer);

    /// <summary>Bytes of servers that have arrived here.</summary>
    public long ToClients => Volatile.Read(ref _toClients);

    /// <summary>Bytes of both directions.</summary>
    public long Copied => ToServer + ToClients;

    /// <summary>Where new connections go; null to refuse them.</summary>
    public IPEndPoint? Server { get; set; }

    public static Relay Start(IPEndPoint server) => new(server);

    /// <summary>Ends all connections; none of them hears what the end of another makes the server say.</summary>
    public void Cut()
    {
        using var cut = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        cut.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Cut();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var cut = _cut.Token;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            if (Server is not { } address)
                return;
            try
            {
                await server.ConnectAsync(address, cut);
                await Task.WhenAny(
                    CopyAsync(client, server, length => Interlocked.Add(ref _toServer, length), cut),
                    CopyAsync(server, client, length => Interlocked.Add(ref _toClients, length), cut));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Cut, or the server is gone: the client sees an end.
            }
        }
    }

    /// <summary>Returns when there is no more to copy.</summary>
    private static async Task CopyAsync(Socket from, Socket to, Action<int> count, CancellationToken cut)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer, cut) is > 0 and var length)
            {
                count(length);
                // Asked again: what comes in after the cut goes nowhere, although its connection may not have been told yet.
                cut.ThrowIfCancellationRequested();
                await to.SendAsync(buffer.AsMemory(0, length), cut);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As above, or the other direction has ended.
        }
    }
}

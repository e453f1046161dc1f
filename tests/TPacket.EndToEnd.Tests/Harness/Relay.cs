using System.Net;
using System.Net.Sockets;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>A relay with a fixed address, in front of servers that start and stop. Tests cut its connections.</summary>
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

    /// <summary>The number of bytes received from clients.</summary>
    public long ToServer => Volatile.Read(ref _toServer);

    /// <summary>The number of bytes received from servers.</summary>
    public long ToClients => Volatile.Read(ref _toClients);

    /// <summary>The number of bytes of both directions.</summary>
    public long Copied => ToServer + ToClients;

    /// <summary>The target of new connections; null to refuse them.</summary>
    public IPEndPoint? Server { get; set; }

    public static Relay Start(IPEndPoint server) => new(server);

    /// <summary>Ends all connections. No client receives packets that the end of another connection causes.</summary>
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
                // The connection is cut or the server has ended: the client receives an end.
            }
        }
    }

    /// <summary>Copies until the source ends.</summary>
    private static async Task CopyAsync(Socket from, Socket to, Action<int> count, CancellationToken cut)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer, cut) is > 0 and var length)
            {
                count(length);
                // Checked again: data that arrives after the cut is dropped, also where the connection has not ended yet.
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

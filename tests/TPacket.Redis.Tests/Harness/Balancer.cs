using System.Net;
using System.Net.Sockets;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A TCP balancer. Connects to the hosts in turn and skips hosts that do not accept. Has no session affinity.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    // A host on this machine accepts at once or not at all.
    private static readonly TimeSpan _connecting = TimeSpan.FromSeconds(1);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly HashSet<Task> _serving = [];
    private readonly Task _accepting;
    private volatile IPEndPoint[] _hosts = [];
    private int _next;
    private bool _isDisposed;

    /// <param name="port">The port of the loopback address; 0 to have the system pick one.</param>
    public Balancer(int port = 0)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Sets the hosts for new connections. Open connections stay on their hosts.</summary>
    public void Use(params IEnumerable<IPEndPoint> hosts) => _hosts = [.. hosts];

    public async ValueTask DisposeAsync()
    {
        Task[] serving;
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var socket in _open)
                socket.Dispose();
            serving = [.. _serving];
        }

        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(serving);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                Serve(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The balancer was disposed of.
        }
    }

    private void Serve(Socket client)
    {
        if (!TryOpen(client))
            return;
        var serving = ServeAsync(client);
        lock (_gate)
            _serving.Add(serving);
        serving.ContinueWith(
            done =>
            {
                lock (_gate)
                    _serving.Remove(done);
            },
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client)
    {
        Socket? host = null;
        try
        {
            host = await ConnectAsync();
            if (host is null)
                return;
            client.NoDelay = host.NoDelay = true;
            await Task.WhenAll(PumpAsync(client, host), PumpAsync(host, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two connections has ended.
        }
        finally
        {
            Close(client);
            if (host is not null)
                Close(host);
        }
    }

    /// <summary>Connects to the next host that accepts. Returns null if none does.</summary>
    private async Task<Socket?> ConnectAsync()
    {
        var hosts = _hosts;
        var first = (uint)Interlocked.Increment(ref _next) - 1;
        for (var i = 0u; i < hosts.Length; i++)
        {
            var host = new Socket(SocketType.Stream, ProtocolType.Tcp);
            using var deadline = new CancellationTokenSource(_connecting);
            try
            {
                await host.ConnectAsync(hosts[(first + i) % hosts.Length], deadline.Token);
                return TryOpen(host) ? host : null;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                host.Dispose();
            }
        }

        return null;
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < length;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // Ends the other direction, too.
            from.Dispose();
            to.Dispose();
            throw;
        }
    }

    private bool TryOpen(Socket socket)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _open.Add(socket);
                return true;
            }
        }

        socket.Dispose();
        return false;
    }

    private void Close(Socket socket)
    {
        lock (_gate)
            _open.Remove(socket);
        socket.Dispose();
    }
}

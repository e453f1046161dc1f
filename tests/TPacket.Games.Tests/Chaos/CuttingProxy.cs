using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Games.Tests.Chaos;

/// <summary>A proxy between clients and a restarting server. It cuts connections on both sides, or on the client's side only, so that the server still has the connection when the client reconnects.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<int, Pair> _pairs = new();
    private readonly Task _accepting;
    private volatile IPEndPoint? _target;
    private int _lastNumber;

    public CuttingProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"ws://{_listener.LocalEndpoint}/");

    /// <summary>The server; null while there is none.</summary>
    public IPEndPoint? Target
    {
        get => _target;
        set => _target = value;
    }

    /// <summary>Cuts one of the connections.</summary>
    public void Cut(Random random)
    {
        var numbers = _pairs.Where(static pair => !pair.Value.IsCut).Select(static pair => pair.Key).Order().ToArray();
        if (numbers.Length == 0 || !_pairs.TryGetValue(numbers[random.Next(numbers.Length)], out var pair))
            return;
        pair.IsCut = true;
        pair.Client.Dispose();
        if (random.Next(2) == 0)
            pair.Server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var pair in _pairs.Values)
            pair.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var (number, pair) = (Interlocked.Increment(ref _lastNumber), new Pair(client, server));
        try
        {
            if (_target is not { } target)
            {
                pair.Dispose();
                return;
            }

            await server.ConnectAsync(target, _stopping.Token);
            _pairs[number] = pair;
            var (toServer, toClient) = (PumpAsync(client, server), PumpAsync(server, client));
            await Task.WhenAny(toServer, toClient);
            // The server does not notice a connection that only the client has lost.
            if (pair.IsCut)
                await toClient;
            pair.Dispose();
            await Task.WhenAll(toServer, toClient);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            pair.Dispose();
        }
        finally
        {
            _pairs.TryRemove(number, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is var count and > 0)
                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private sealed class Pair(Socket client, Socket server) : IDisposable
    {
        private volatile bool _isCut;

        public Socket Client => client;

        public Socket Server => server;

        public bool IsCut
        {
            get => _isCut;
            set => _isCut = value;
        }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}

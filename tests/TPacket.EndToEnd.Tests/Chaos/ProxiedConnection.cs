using System.Net.Sockets;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A connection of a client through the proxy to a server, with its faults.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan _throttled = TimeSpan.FromMilliseconds(50);

    private readonly Socket _client;
    private readonly Socket _server;
    private readonly FrameTap _fromClient;
    private readonly FrameTap _fromServer;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private (Fault Fault, int Bytes)? _due;
    private int _forwarded;
    private volatile bool _isSlow;
    private volatile bool _isThrottled;
    private volatile bool _dropsToServer;
    private volatile bool _dropsToClient;
    private volatile bool _isGhost;

    /// <param name="client">The client's end; belongs to the connection.</param>
    /// <param name="server">The server's end; belongs to the connection.</param>
    /// <param name="record">Records the data.</param>
    /// <param name="due">A fault, and the number of bytes of both directions before it; null for none.</param>
    public ProxiedConnection(Socket client, Socket server, WireConnection record, (Fault Fault, int Bytes)? due)
    {
        (_client, _server, _due) = (client, server, due);
        _fromClient = new FrameTap(record.OnReceived);
        _fromServer = new FrameTap(record.OnSent);
    }

    /// <summary>Raised when the fault has taken effect.</summary>
    public event Action<Fault>? Faulted;

    /// <summary>Copies until both directions have ended.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(
            CopyAsync(_client, _server, _fromClient, () => _dropsToServer),
            CopyAsync(_server, _client, _fromServer, () => _dropsToClient));
        Reset(_client);
        Reset(_server);
    }

    /// <summary>Applies a fault to the connection.</summary>
    public void Inflict(Fault fault)
    {
        switch (fault)
        {
            case Fault.Reset:
                Dispose();
                break;
            case Fault.Close:
                (_dropsToServer, _dropsToClient) = (true, true);
                Shut(_client);
                Shut(_server);
                break;
            case Fault.HalfCloseToServer:
                _dropsToServer = true;
                Shut(_server);
                break;
            case Fault.HalfCloseToClient:
                _dropsToClient = true;
                Shut(_client);
                break;
            case Fault.Delay:
                _isSlow = true;
                break;
            case Fault.Throttle:
                _isThrottled = true;
                break;
            case Fault.BlackHole:
                (_dropsToServer, _dropsToClient) = (true, true);
                break;
            case Fault.SilentServer:
                _dropsToClient = true;
                break;
            case Fault.Ghost:
                (_isGhost, _dropsToServer, _dropsToClient) = (true, true, true);
                Reset(_client);
                break;
        }
    }

    /// <summary>Forwards data again, unless the connection has dropped some: its ends have to notice the loss.</summary>
    public void Heal() => (_isSlow, _isThrottled, _due) = (false, false, null);

    /// <summary>Resets both ends.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        Reset(_client);
        Reset(_server);
    }

    private async Task CopyAsync(Socket from, Socket to, FrameTap tap, Func<bool> drops)
    {
        try
        {
            var buffer = new byte[4096];
            int length;
            while ((length = await from.ReceiveAsync(buffer, _ended.Token)) > 0)
            {
                tap.Take(buffer.AsSpan(0, length));
                var (first, fault) = Split(length);
                await ForwardAsync(to, buffer.AsMemory(0, first), drops);
                if (fault is { } due)
                {
                    Faulted?.Invoke(due);
                    Inflict(due);
                }

                await ForwardAsync(to, buffer.AsMemory(first, length - first), drops);
            }

            if (!drops())
                Shut(to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // An end is gone; the other one is closed too, unless a fault hides the end.
            if (!_isGhost)
                Reset(to);
        }
    }

    /// <summary>Returns the number of bytes before the fault.</summary>
    private (int First, Fault? Fault) Split(int length)
    {
        lock (_gate)
        {
            var before = _forwarded;
            _forwarded += length;
            if (_due is not { } due || _forwarded <= due.Bytes)
                return (length, null);
            _due = null;
            return (due.Bytes - before, due.Fault);
        }
    }

    private async Task ForwardAsync(Socket to, ReadOnlyMemory<byte> bytes, Func<bool> drops)
    {
        const int Throttled = 200;
        if (_isSlow)
            await Task.Delay(_delay, _ended.Token);
        while (bytes.Length > 0 && !drops())
        {
            var part = _isThrottled ? Math.Min(Throttled, bytes.Length) : bytes.Length;
            if (_isThrottled)
                await Task.Delay(_throttled, _ended.Token);
            await to.SendAsync(bytes[..part], _ended.Token);
            bytes = bytes[part..];
        }
    }

    private static void Shut(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended.
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended.
        }

        socket.Dispose();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A proxy with a latency in both directions. Keeps the sizes of writes, and counts round trips.</summary>
internal sealed class DelayProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _server;
    private readonly TimeSpan _delay;
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly List<Task> _tasks = [];
    private int _roundTrips;

    /// <param name="server">The port of Redis.</param>
    /// <param name="delay">The latency in each direction.</param>
    public DelayProxy(int server, TimeSpan delay)
    {
        (_server, _delay) = (server, delay);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _tasks.Add(AcceptAsync());
    }

    /// <summary>The configuration string of StackExchange.Redis.</summary>
    public string Configuration => $"{_listener.LocalEndPoint}";

    /// <summary>The number of times that a connection has sent after it had received a reply.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Task[] tasks;
        lock (_gate)
        {
            foreach (var socket in _open)
                socket.Dispose();
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                client.NoDelay = server.NoDelay = true;
                var serving = ServeAsync(client, server);
                lock (_gate)
                {
                    _open.AddRange([client, server]);
                    _tasks.Add(serving);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy was disposed of.
        }
    }

    private async Task ServeAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server);
            var isAnswered = new StrongBox(true);
            await Task.WhenAll(
                PumpAsync(client, server, received: () =>
                {
                    if (Interlocked.Exchange(ref isAnswered.Value, false))
                        Interlocked.Increment(ref _roundTrips);
                }),
                PumpAsync(server, client, sent: () => Volatile.Write(ref isAnswered.Value, true)));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two connections has ended.
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action? received = null, Action? sent = null)
    {
        var late = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        await Task.WhenAll(ReceiveAsync(from, late.Writer, received), SendAsync(to, late.Reader, sent));
    }

    private async Task ReceiveAsync(Socket from, ChannelWriter<(long Due, byte[] Bytes)> late, Action? received)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer)) > 0)
            {
                received?.Invoke();
                await late.WriteAsync((Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency), buffer[..length]));
            }
        }
        finally
        {
            late.Complete();
        }
    }

    private static async Task SendAsync(Socket to, ChannelReader<(long Due, byte[] Bytes)> late, Action? sent)
    {
        await foreach (var (due, bytes) in late.ReadAllAsync())
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } rest)
                await Task.Delay(rest);
            sent?.Invoke();
            for (var length = 0; length < bytes.Length;)
                length += await to.SendAsync(bytes.AsMemory(length));
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private sealed class StrongBox(bool value)
    {
        public bool Value = value;
    }
}

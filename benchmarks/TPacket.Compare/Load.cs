using System.Diagnostics;
using System.Net;
using System.Net.Security;
using TPacket.Compare.Redis;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>Many clients of a server, on an event loop of this process.</summary>
internal sealed class Load : IDisposable
{
    private const int ConnectsAtOnce = 64;

    // The time for messages in flight to arrive after the last send. Later messages count as lost.
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(20);

    private static int _loads;

    private readonly Transport _transport = Transport.CreateFastest(eventLoops: 1);
    private readonly Heartbeat _heartbeat = new(TimeProvider.System, TimeSpan.FromSeconds(1));
    private readonly List<LoadClient> _clients = [];
    private readonly List<double> _times = [];
    private readonly WebSocketClientOptions _options;
    private readonly SslClientAuthenticationOptions? _tls;
    private long _received;
    private long _wrong;
    private bool _disposing;
    private volatile bool _isTiming;

    /// <summary>Creates a load without clients.</summary>
    /// <param name="overTls">Whether clients use TLS. They accept any certificate.</param>
    public Load(bool overTls = false)
    {
        _options = WebSocketClientOptions.Default with
        {
            Heartbeat = _heartbeat,
            Connection = WebSocketOptions.Default with { OutboundQueueBytes = 64 << 20, OutboundQueueMessages = 1 << 20 },
        };
        if (!overTls)
            return;
        _tls = TlsConnection.CreateClientOptions("localhost");
        _tls.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
    }

    /// <summary>The prefix of nicks and rooms, unique for each load.</summary>
    public string Name { get; } = $"load {Interlocked.Increment(ref _loads)}";

    /// <summary>Whether clients must send no more messages.</summary>
    public bool Stopping { get; private set; }

    /// <summary>The number of messages that were lost, repeated, reordered or changed.</summary>
    public long Wrong => Volatile.Read(ref _wrong);

    /// <summary>Counts a received message. Called on the event loop.</summary>
    public void Count(bool asExpected)
    {
        Volatile.Write(ref _received, _received + 1);
        if (!asExpected)
            Interlocked.Increment(ref _wrong);
    }

    /// <summary>Counts a received message with its delay. Called on the event loop.</summary>
    public void Time(TimeSpan way)
    {
        if (_isTiming)
            _times.Add(way.TotalMilliseconds);
    }

    /// <summary>Counts a connection that the server has ended.</summary>
    public void Lose()
    {
        if (!Volatile.Read(ref _disposing))
            Interlocked.Increment(ref _wrong);
    }

    /// <summary>Connects clients with a bounded concurrency: the next client starts when an earlier client is ready.</summary>
    public async Task ConnectAsync(IPEndPoint server, int count, Func<int, LoadClient> create, int atOnce)
    {
        using var places = new SemaphoreSlim(atOnce);
        var connecting = new Task[count];
        for (var i = 0; i < count; i++)
        {
            await places.WaitAsync();
            connecting[i] = ConnectAsync(create(i));
        }

        await Task.WhenAll(connecting);

        async Task ConnectAsync(LoadClient client)
        {
            try
            {
                await this.ConnectAsync(server, client);
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>Connects clients in waves.</summary>
    public async Task ConnectAsync(IPEndPoint server, int count, Func<int, LoadClient> create)
    {
        for (var first = 0; first < count; first += ConnectsAtOnce)
            await Task.WhenAll(Enumerable.Range(first, Math.Min(ConnectsAtOnce, count - first)).Select(i => ConnectAsync(server, create(i))));
    }

    /// <summary>Connects clients to the nodes of a cluster in turn.</summary>
    public async Task ConnectAsync(Cluster cluster, int count, Func<int, LoadClient> create)
    {
        var clients = new LoadClient[count];
        for (var first = 0; first < count; first += ConnectsAtOnce)
        {
            await Task.WhenAll(Enumerable.Range(first, Math.Min(ConnectsAtOnce, count - first)).Select(i =>
                ConnectAsync(cluster.EndPoints[i % cluster.Nodes.Count], clients[i] = create(i), cluster.Path)));
        }

        _clients.Clear();
        _clients.AddRange(clients);
    }

    /// <summary>Lets every nth client talk in turn at a total rate per second, and measures the cost.</summary>
    public async Task<PacedMeasurement> PaceAsync(Cluster cluster, int everyNth, double rate, TimeSpan warmUp, TimeSpan duration)
    {
        var talking = TalkAsync(everyNth, rate);
        await Task.Delay(warmUp);
        _isTiming = true;
        var (started, received, nodes, redis) = (Stopwatch.GetTimestamp(), Volatile.Read(ref _received), cluster.ProcessorTime, cluster.Redis?.ProcessorTime ?? default);
        await Task.Delay(duration);
        nodes = cluster.ProcessorTime - nodes;
        redis = (cluster.Redis?.ProcessorTime ?? default) - redis;
        received = Volatile.Read(ref _received) - received;
        var elapsed = Stopwatch.GetElapsedTime(started);
        _isTiming = false;
        Stopping = true;
        var said = await talking;
        var lost = await DrainAsync();
        var members = (double)_clients.Sum(static client => client.Owed) / said;
        var times = _times.Order().ToList();
        return new PacedMeasurement(
            nodes.TotalMicroseconds / received, redis.TotalMicroseconds / received * members, received / members / elapsed.TotalSeconds, At(0.5), At(0.99), Wrong + lost);

        double At(double part) => times[(int)((times.Count - 1) * part)];
    }

    /// <summary>Lets every nth client talk for a time, and measures the cost for the server.</summary>
    public async Task<Measurement> MeasureAsync(ServerProcess server, int everyNth, TimeSpan warmUp, TimeSpan duration)
    {
        for (var i = 0; i < _clients.Count; i += everyNth)
            _clients[i].Talk();
        await Task.Delay(warmUp);
        var (started, received, processorTime) = (Stopwatch.GetTimestamp(), Volatile.Read(ref _received), server.ProcessorTime);
        await Task.Delay(duration);
        processorTime = server.ProcessorTime - processorTime;
        received = Volatile.Read(ref _received) - received;
        var elapsed = Stopwatch.GetElapsedTime(started);
        Stopping = true;
        var lost = await DrainAsync();
        return new Measurement(processorTime.TotalMicroseconds / received, received / elapsed.TotalSeconds, Wrong + lost);
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposing, true);
        foreach (var client in _clients)
            client.Connection.Abort();
        _transport.Dispose();
        _heartbeat.Dispose();
    }

    /// <summary>Waits until all messages have been received. Returns the number of missing or duplicate deliveries, or 1 if there were no deliveries.</summary>
    private async Task<long> DrainAsync()
    {
        var started = Stopwatch.GetTimestamp();
        long missing;
        while ((missing = _clients.Sum(client => client.Owed) - Volatile.Read(ref _received)) != 0 && Stopwatch.GetElapsedTime(started) < _drainTime)
            await Task.Delay(10);
        return _received == 0 ? Math.Max(1, missing) : Math.Abs(missing);
    }

    private async Task<long> TalkAsync(int everyNth, double rate)
    {
        var talkers = _clients.Where((_, i) => i % everyNth == 0).ToList();
        var (started, said) = (Stopwatch.GetTimestamp(), 0L);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (await ticks.WaitForNextTickAsync() && !Stopping)
        {
            for (var due = Stopwatch.GetElapsedTime(started).TotalSeconds * rate; said < due; said++)
                talkers[(int)(said % talkers.Count)].Talk();
        }

        return said;
    }

    private async Task ConnectAsync(IPEndPoint server, LoadClient client, string path = "/")
    {
        var connection = await _transport.ConnectAsync(server);
        if (_tls is not null)
            connection = TlsConnection.AsClient(connection, _tls);
        await WebSocketClient.UpgradeAsync(connection, new Uri($"ws://{server}{path}"), client, _options);
        lock (_clients)
            _clients.Add(client);
        await client.Ready;
    }
}

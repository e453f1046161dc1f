using System.Diagnostics;
using System.Net;
using System.Net.Security;
using TPacket.Compare.Redis;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>Many clients of one server, on an event loop of this process.</summary>
internal sealed class Load : IDisposable
{
    private const int ConnectsAtOnce = 64;

    // What is under way when nobody says anything more; a server that needs longer has lost it.
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

    /// <summary>Begins without clients.</summary>
    /// <param name="overTls">Whether they speak TLS; whose certificate the server has is nothing to them.</param>
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

    /// <summary>For nicks and rooms, so that none is still taken by the load before.</summary>
    public string Name { get; } = $"load {Interlocked.Increment(ref _loads)}";

    /// <summary>Whether nobody is to say anything more.</summary>
    public bool Stopping { get; private set; }

    /// <summary>Messages that were lost, repeated, reordered or changed.</summary>
    public long Wrong => Volatile.Read(ref _wrong);

    /// <summary>A message has come in. On the event loop only.</summary>
    public void Count(bool asExpected)
    {
        Volatile.Write(ref _received, _received + 1);
        if (!asExpected)
            Interlocked.Increment(ref _wrong);
    }

    /// <summary>A message has come in that was so long on its way. On the event loop only.</summary>
    public void Time(TimeSpan way)
    {
        if (_isTiming)
            _times.Add(way.TotalMilliseconds);
    }

    /// <summary>The server has ended a client's connection.</summary>
    public void Lose()
    {
        if (!Volatile.Read(ref _disposing))
            Interlocked.Increment(ref _wrong);
    }

    /// <summary>Connects so many clients, a number at a time: the next one begins when one is where it is to be.</summary>
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
            await this.ConnectAsync(server, client);
            places.Release();
        }
    }

    /// <summary>Connects so many clients, one wave after the other.</summary>
    public async Task ConnectAsync(IPEndPoint server, int count, Func<int, LoadClient> create)
    {
        for (var first = 0; first < count; first += ConnectsAtOnce)
            await Task.WhenAll(Enumerable.Range(first, Math.Min(ConnectsAtOnce, count - first)).Select(i => ConnectAsync(server, create(i))));
    }

    /// <summary>Connects so many clients to the nodes of a cluster in turn.</summary>
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

    /// <summary>Lets every so manieth client talk in turn, so many times a second altogether, and measures what that costs.</summary>
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

    /// <summary>Lets every so manieth client talk for a time, and measures what that costs the server.</summary>
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

    /// <summary>Waits for what was said to be heard by all; returns how many messages were not, or were once too often, and at least one where nobody has heard any.</summary>
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

using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Tests.Harness;

/// <summary>A server in a host of its own, on a port that the system picks.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    // TPACKET_TEST_TRANSPORT=Sockets runs the tests on the transport of other systems.
    private static readonly TransportKind _transport =
        Enum.TryParse<TransportKind>(Environment.GetEnvironmentVariable("TPACKET_TEST_TRANSPORT"), out var kind) ? kind : TransportKind.Auto;

    private readonly IHost _host;
    private readonly LogCollector _logs;
    private readonly LogQueue _logQueue;

    private TestServer(IHost host, LogCollector logs)
    {
        _host = host;
        _logs = logs;
        _logQueue = host.Services.GetRequiredService<LogQueue>();
        Metrics = new MetricCollector(host.Services.GetRequiredService<IMeterFactory>());
    }

    public IServiceProvider Services => _host.Services;

    public TPacketServer Server => Services.GetRequiredService<TPacketServer>();

    public IRoomDirectory Rooms => Services.GetRequiredService<IRoomDirectory>();

    /// <summary>The log. It has every event that was logged before this property is read, unless the log blocks.</summary>
    public Recorder<LogEntry> Logs
    {
        get
        {
            using var deadline = Deadline.Start();
            _logQueue.FlushAsync(deadline.Token).AsTask().GetAwaiter().GetResult();
            return _logs.Entries;
        }
    }

    public MetricCollector Metrics { get; }

    public IPEndPoint EndPoint { get; private set; } = null!;

    public Uri Uri => new($"ws://{EndPoint}/");

    /// <summary>Starts a server on 127.0.0.1.</summary>
    /// <param name="options">Sets options, the address included.</param>
    /// <param name="build">Adds commands, filters and replacements.</param>
    /// <param name="time">The clock; the system's where null.</param>
    /// <param name="validates">Whether the container validates scopes, as it does in Development.</param>
    public static async Task<TestServer> StartAsync(
        Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null, TimeProvider? time = null, bool validates = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = validates, ValidateOnBuild = validates }));
        var logs = new LogCollector();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        if (time is not null)
            builder.Services.AddSingleton(time);
        var tPacket = builder.Services.AddTPacketServer(o =>
        {
            o.Address = "127.0.0.1";
            o.Port = 0;
            o.Transport = _transport;
            // Tests count events; LogQueueTests tests the limit.
            (o.LogEventsPerMinute, o.LogQueueEvents) = (1_000_000, 1_000_000);
            // The server logs when this exceeds the descriptors of the machine.
            o.MaxConnections = 1000;
            options?.Invoke(o);
        });
        build?.Invoke(tPacket);
        var server = new TestServer(builder.Build(), logs);
        try
        {
            using var deadline = Deadline.Start();
            await server._host.StartAsync(deadline.Token);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.EndPoint = server.Server.EndPoints[0] as IPEndPoint ?? new IPEndPoint(IPAddress.None, 0);
        return server;
    }

    public Task<TestClient> ConnectAsync(string? origin = null) => TestClient.ConnectAsync(Uri, origin);

    public Task<RawClient> ConnectRawAsync(int receiveBufferSize = 0) => RawClient.ConnectAsync(EndPoint, receiveBufferSize);

    public async Task<TestClient> SignInAsync(string nick)
    {
        var client = await ConnectAsync();
        await client.SignInAsync(nick);
        return client;
    }

    public async Task<TestClient> JoinAsync(string nick, string room)
    {
        var client = await SignInAsync(nick);
        await client.JoinAsync(room);
        return client;
    }

    /// <summary>Waits until the end of a connection is logged: its resources are released then.</summary>
    public Task<LogEntry> EndedAsync(int nth = 1) => Logs.NthAsync(nth, e => e.Id is 1101 or 1102);

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        // Clients that a test leaves open do not answer the server's close; the server need not wait for them.
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        if (EndPoint is not null)
        {
            await Server.StopAsync(abandoned.Token);
            await _host.StopAsync();
        }

        Metrics.Dispose();
        _host.Dispose();
    }
}

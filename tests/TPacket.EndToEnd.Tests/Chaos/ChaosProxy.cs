using System.Net;
using System.Net.Sockets;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A client's proxy to the server, with a fixed address while servers start and stop. A seed decides which connections break.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    // One of this many new connections has a fault from its start.
    private const int Healthy = 5;

    // After the reply to RESUME and most of the missed events.
    private const int MostBytesBefore = 4000;

    private static readonly Fault[] _faults = Enum.GetValues<Fault>();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _client;
    private readonly int _seed;
    private readonly FaultCounts _counts;
    private readonly Lock _gate = new();
    private readonly HashSet<ProxiedConnection> _connections = [];
    private readonly List<Task> _tasks = [];
    private readonly List<WireConnection> _records = [];
    private bool _isBreaking;

    /// <param name="client">The client's name.</param>
    /// <param name="seed">Decides which connections have a fault from their start.</param>
    /// <param name="counts">Counts the faults.</param>
    public ChaosProxy(string client, int seed, FaultCounts counts)
    {
        (_client, _seed, _counts) = (client, seed, counts);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _tasks.Add(AcceptAsync());
    }

    public Uri Address => new($"ws://{_listener.LocalEndPoint}/");

    /// <summary>The target of new connections; null to refuse them.</summary>
    public IPEndPoint? Server { get; set; }

    /// <summary>The bytes that the proxy has forwarded, for each connection.</summary>
    public IReadOnlyList<WireConnection> Records
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    /// <summary>Gives some new connections a fault.</summary>
    public void Break()
    {
        lock (_gate)
            _isBreaking = true;
    }

    /// <summary>Gives no new connection a fault, and restores the others, except where they have lost data.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _isBreaking = false;
            foreach (var connection in _connections)
                connection.Heal();
        }
    }

    /// <summary>Applies a fault to the client's connection, if there is one.</summary>
    public void Inflict(Fault fault)
    {
        ProxiedConnection[] connections;
        lock (_gate)
            connections = [.. _connections];
        if (connections.Length > 0)
            _counts.Add(fault);
        foreach (var connection in connections)
            connection.Inflict(fault);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        ProxiedConnection[] connections;
        Task[] tasks;
        lock (_gate)
            (connections, tasks) = ([.. _connections], [.. _tasks]);
        foreach (var connection in connections)
            connection.Dispose();
        await Task.WhenAll(tasks);
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var client = await _listener.AcceptAsync();
                var serving = ServeAsync(client, number);
                lock (_gate)
                {
                    _tasks.RemoveAll(static task => task.IsCompleted);
                    _tasks.Add(serving);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket client, int number)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(Server ?? throw new SocketException((int)SocketError.ConnectionRefused));
        }
        catch (SocketException)
        {
            client.Dispose();
            server.Dispose();
            return;
        }

        var record = new WireConnection($"{_client}, connection {number}");
        using var connection = new ProxiedConnection(client, server, record, Draw(number));
        connection.Faulted += _counts.Add;
        lock (_gate)
        {
            _records.Add(record);
            _connections.Add(connection);
        }

        await connection.RunAsync();
        lock (_gate)
            _connections.Remove(connection);
    }

    private (Fault Fault, int Bytes)? Draw(int number)
    {
        lock (_gate)
        {
            if (!_isBreaking)
                return null;
        }

        // Each connection has a random sequence of its own, which does not depend on other events.
        var random = new Random(unchecked((_seed * 31) + number));
        return random.Next(Healthy) == 0 ? (_faults[random.Next(_faults.Length)], random.Next(MostBytesBefore)) : null;
    }
}

using System.Net;
using System.Net.Sockets;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>One client's way to the server: an address that stays while servers come and go, and whose connections a seed breaks.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    // Of so many new connections, one is born with a fault.
    private const int Healthy = 5;

    // Behind the answer to RESUME and much of what was missed.
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

    /// <param name="client">Names the client.</param>
    /// <param name="seed">Decides which connections are born with a fault.</param>
    /// <param name="counts">Counts the faults.</param>
    public ChaosProxy(string client, int seed, FaultCounts counts)
    {
        (_client, _seed, _counts) = (client, seed, counts);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _tasks.Add(AcceptAsync());
    }

    public Uri Address => new($"ws://{_listener.LocalEndPoint}/");

    /// <summary>Where new connections go; null to refuse them.</summary>
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

    /// <summary>From now on, some connections are born with a fault.</summary>
    public void Break()
    {
        lock (_gate)
            _isBreaking = true;
    }

    /// <summary>From now on, all is well, except for connections that have lost something already.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _isBreaking = false;
            foreach (var connection in _connections)
                connection.Heal();
        }
    }

    /// <summary>Lets something happen to the client's connection, if it has one.</summary>
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

        // Each connection has numbers of its own, whatever happens meanwhile.
        var random = new Random(unchecked((_seed * 31) + number));
        return random.Next(Healthy) == 0 ? (_faults[random.Next(_faults.Length)], random.Next(MostBytesBefore)) : null;
    }
}

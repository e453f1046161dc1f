using System.Net;
using TPacket.Client;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// A run of clients of both kinds that talk, change rooms and nicks, and come and go. A seed breaks their connections, and the server is stopped and killed. At the end the faults stop, all clients reconnect, and then leave.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int Seats = 50;
    private const int ActionsOfRound = 1200;
    private const int MostAtOnce = 200;
    private const int MostOfClient = 6;
    private const int LongestFiller = 180;

    // Longer than any reconnect. Only a client that has closed stays away for this long, if a fault has dropped its close frame.
    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(2);

    // Shorter than the time for which a client is cut off, so that the client loses its session.
    private static readonly TimeSpan _shortGrace = TimeSpan.FromSeconds(2);

    private static readonly string[] _rooms = ["lobby", "attic", "cellar", "yard"];
    private static readonly Fault[] _faults = Enum.GetValues<Fault>();

    private readonly Random _random;
    private readonly Clock _clock = new();
    private readonly Changes _changes = new();
    private readonly FaultCounts _faultCounts = new();
    private readonly List<ClientRecord> _records = [];
    private readonly List<Task> _tasks = [];
    private readonly SemaphoreSlim _window = new(MostAtOnce);
    private readonly ChaosNode _node;
    private readonly IChaosServer _server;
    private readonly Seat[] _seats;
    private readonly TimeSpan _longestPart;
    private readonly CancellationTokenSource _deadline = new();

    /// <param name="seed">Decides the steps.</param>
    /// <param name="node">The path of Node.</param>
    /// <param name="server">Creates the server, which reports its address.</param>
    /// <param name="longestPart">The time limit of the start, of each round, and of each step of the end.</param>
    public ChaosRun(int seed, string node, Func<Action<IPEndPoint?>, IChaosServer> server, TimeSpan longestPart)
    {
        _longestPart = longestPart;
        _random = new Random(seed);
        _node = ChaosNode.Start(node);
        // Of each ten clients, one of either kind comes and goes.
        _seats = [.. Enumerable.Range(0, Seats).Select(i => new Seat(i, isKept: i % 10 is not (4 or 9), new ChaosProxy($"{i}", unchecked((seed * 31) + i), _faultCounts)))];
        _server = server(MoveTo);
    }

    /// <summary>Errors in the logs of the servers.</summary>
    public IReadOnlyList<string> ServerErrors => _server.Errors;

    /// <summary>The counts of faults, connections, resumptions and events.</summary>
    public string Summary => $"""
        faults: {_faultCounts}
        server: {_server.Summary}
        connections: {_seats.Sum(static seat => seat.Proxy.Records.Count)}; lost, or not made: {_records.Sum(static record => record.Notes.Count(static note => note.Kind == NoteKind.Lost))}
        back: {string.Join(", ", Enum.GetValues<SessionContinuity>().Select(continuity => $"{continuity} {_records.Sum(record => record.Count(continuity))}"))}
        clients: {_records.Count}; texts: {string.Join(", ", _records.SelectMany(static record => record.Speeches).GroupBy(static speech => speech.Outcome).Select(static outcome => $"{outcome.Key} {outcome.Count()}"))}
        events that clients have reported: {_records.Sum(static record => record.Notes.Count(static note => note.Offset >= 0))}; packets of servers: {_seats.Sum(static seat => seat.Proxy.Records.Sum(static connection => connection.Sent.Count))}
        """;

    /// <summary>Takes the steps.</summary>
    /// <returns>The record, with the events of the logs.</returns>
    public async Task<ChaosRecord> RunAsync(int rounds)
    {
        var deadline = BeginPart();
        await _server.StartAsync(deadline);
        await Task.WhenAll(_seats.Select(seat => TakeAsync(seat, deadline)));
        foreach (var seat in _seats)
            seat.Proxy.Break();
        var first = _random.Next(2);
        for (var round = 0; round < rounds; round++)
            await RunRoundAsync(isKilled: (round + first) % 2 == 0, BeginPart());
        BeginPart();
        foreach (var seat in _seats)
            seat.Proxy.Heal();
        await Task.WhenAll(_tasks).WaitAsync(deadline);
        await ComeBackAsync(BeginPart());
        await LeaveAsync(BeginPart());
        await _server.StopAsync(BeginPart());
        var logs = await _server.ReadAsync(_rooms, deadline);
        return new ChaosRecord(logs, _records, [.. _seats.SelectMany(static seat => seat.Proxy.Records)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var seat in _seats)
            await seat.DisposeAsync();
        foreach (var seat in _seats.Where(static seat => seat.Client is DotNetChaosClient))
            await seat.Client!.DisposeAsync();
        await _node.DisposeAsync();
        await _server.DisposeAsync();
        _window.Dispose();
        _deadline.Dispose();
    }

    private CancellationToken BeginPart()
    {
        _deadline.CancelAfter(_longestPart);
        return _deadline.Token;
    }

    private void MoveTo(IPEndPoint? server)
    {
        foreach (var seat in _seats)
            seat.Proxy.Server = server;
        _changes.Signal();
    }

    private async Task RunRoundAsync(bool isKilled, CancellationToken deadline)
    {
        var at = _random.Next(ActionsOfRound);
        var restarting = Task.CompletedTask;
        for (var i = 0; i < ActionsOfRound; i++)
        {
            if (i == at)
                restarting = isKilled ? _server.KillAsync(deadline) : _server.DrainAsync(deadline);
            await _window.WaitAsync(deadline);
            await _changes.UntilAsync(() => restarting.IsFaulted || Ready().Any(), () => $"Nobody comes back.\n{string.Join('\n', _seats.Select(DescribeLast))}", deadline);
            if (restarting.IsFaulted)
                break;
            var acting = ActAsync(deadline);
            _tasks.RemoveAll(static task => task.IsCompletedSuccessfully);
            _tasks.Add(acting);
        }

        await restarting;
    }

    private IEnumerable<Seat> Ready() => _seats.Where(static seat => seat.Client is { IsReady: true, Pending: < MostOfClient });

    /// <summary>Takes a step with a client that is ready.</summary>
    private async Task ActAsync(CancellationToken deadline)
    {
        try
        {
            var ready = Ready().ToArray();
            var (seat, what) = (ready[_random.Next(ready.Length)], _random.Next(100));
            var client = seat.Client!;
            await (what switch
            {
                < 10 => Inflict(seat, _faults[_random.Next(_faults.Length)]),
                < 14 when !client.IsBusy => client.MoveAsync(_rooms[_random.Next(_rooms.Length)]),
                < 18 when !client.IsBusy => client.RenameAsync(seat.NextNick()),
                < 24 when !seat.IsKept => RenewAsync(seat, deadline),
                _ when client.Room is null => client.IsBusy ? Task.CompletedTask : client.MoveAsync(_rooms[_random.Next(_rooms.Length)]),
                _ => client.SayAsync(new string('.', _random.Next(LongestFiller))),
            });
        }
        finally
        {
            _window.Release();
        }
    }

    private static Task Inflict(Seat seat, Fault fault)
    {
        seat.Proxy.Inflict(fault);
        return Task.CompletedTask;
    }

    /// <summary>Closes a client, and gives its seat to another one.</summary>
    private async Task RenewAsync(Seat seat, CancellationToken deadline)
    {
        var client = seat.Client!;
        seat.Client = null;
        await client.CloseAsync();
        await TakeAsync(seat, deadline);
    }

    /// <summary>Gives a seat to a new client.</summary>
    private async Task TakeAsync(Seat seat, CancellationToken deadline)
    {
        var room = _rooms[seat.Index % _rooms.Length];
        while (true)
        {
            await _changes.UntilAsync(() => _server.IsUp, () => "There is no server.", deadline);
            var nick = seat.NextNick();
            var record = new ClientRecord(seat.NextName(), nick, seat.IsKept);
            lock (_records)
                _records.Add(record);
            var grace = seat.IsKept ? _grace : _shortGrace;
            ChaosClient client = seat.Index % 2 == 0
                ? new DotNetChaosClient(seat.Proxy.Address, grace, record, _clock, _changes)
                : new NodeChaosClient(_node, seat.Proxy.Address, grace, record, _clock, _changes);
            if (await client.TryConnectAsync(nick, room).WaitAsync(deadline))
            {
                seat.Client = client;
                _changes.Signal();
                return;
            }

            await client.CloseAsync();
        }
    }

    /// <summary>Waits until each client is connected, in a room, and knows all other members of the room.</summary>
    private async Task ComeBackAsync(CancellationToken deadline)
    {
        var last = await Task.WhenAll(_seats.Select(seat => SpeakLastAsync(seat, deadline)));
        while (true)
        {
            await _changes.UntilAsync(() => _seats.All(HasAll), () => string.Join('\n', _seats.Where(seat => !HasAll(seat)).Select(Describe)), deadline);
            var notes = await Task.WhenAll(_seats.Select(static seat => seat.Client!.ReadRosterAsync()));
            // A slow machine may lose a connection, and the user is away for a moment.
            if (notes.Any(static note => note.Roster.Any(static present => present.IsAway)))
                continue;
            foreach (var (seat, note) in _seats.Zip(notes))
                seat.Client!.Record.Add(note);
            return;
        }

        bool HasAll(Seat seat)
        {
            var others = _seats.Where(other => other.Client!.Room == seat.Client!.Room).ToArray();
            return seat.Client is { IsReady: true, Room: not null, Pending: 0 } client
                && others.All(other => client.HasSeen(last[other.Index]))
                && client.Roster.Count == others.Length
                && !client.Roster.Any(static present => present.IsAway);
        }

        string Describe(Seat seat) =>
            $"{seat.Client!.Record.Name} is {(seat.Client.IsReady ? "ready" : "not ready")} in {seat.Client.Room}, waits for {seat.Client.Pending} answers, has not seen "
            + $"{string.Join(", ", _seats.Where(other => other.Client!.Room == seat.Client.Room && !seat.Client.HasSeen(last[other.Index])).Select(static other => other.Client!.Record.Name))}, "
            + $"and has in its roster {string.Join(", ", seat.Client.Roster)}.";
    }

    private static string DescribeLast(Seat seat) => seat.Client is { } client
        ? $"{client.Record.Name} is {(client.IsReady ? "ready" : "not ready")}, {(client.IsBusy ? "busy" : "not busy")}, waits for {client.Pending} answers: {string.Join(" | ", client.Record.LastNotes(5))}"
        : $"{seat.Index} is between two clients";

    /// <summary>Sends a last text, and waits for its receipt.</summary>
    private async Task<string> SpeakLastAsync(Seat seat, CancellationToken deadline)
    {
        while (true)
        {
            var client = seat.Client!;
            await _changes.UntilAsync(() => client is { IsReady: true, IsBusy: false }, () => $"Does not come back: {DescribeLast(seat)}", deadline);
            if (client.Room is null)
                await client.MoveAsync(_rooms[0]);
            else if (await client.SayAsync("bye") is { Outcome: SpeechOutcome.Receipted } speech)
                return speech.Text;
            await Task.Yield();
        }
    }

    /// <summary>Closes all clients with 1000, while another client receives the leave of each.</summary>
    private async Task LeaveAsync(CancellationToken deadline)
    {
        var witnesses = _rooms.Select(_ => new TPacketClient(new Uri($"ws://{_server.EndPoint}/"), new TPacketClientOptions { KeepSession = false })).ToArray();
        try
        {
            foreach (var (witness, room) in witnesses.Zip(_rooms))
            {
                witness.EventReceived += _ => _changes.Signal();
                await witness.ConnectAsync($"witness of the {room}", room, deadline);
            }

            await Task.WhenAll(_seats.Select(static seat => seat.Client!.CloseAsync()));
            await _changes.UntilAsync(
                () => witnesses.All(static witness => witness.Roster.Count == 1),
                () => $"Left are {string.Join(", ", witnesses.SelectMany(static witness => witness.Roster.Users))}.",
                deadline);
        }
        finally
        {
            foreach (var witness in witnesses)
                await witness.DisposeAsync();
        }
    }
}

using System.Globalization;

namespace TPacket.Compare;

/// <summary>Measures how the costs of the console host and of EchoServer grow, and the cost of bare sends for comparison with a room's members.</summary>
internal static class Growth
{
    private const int Repetitions = 5;

    private static readonly int[] _members = [10, 30, 100, 300, 1_000, 3_000, 10_000];

    private static readonly Scenario _busy = Scenario.Rooms(10, 10, everyNth: 1);

    public static async Task<IReadOnlyList<Curve>> RunAsync(TimeSpan duration) =>
    [
        await MembersAsync(duration),
        await SendsAsync(duration),
        await RoomsAsync(duration),
        await IdleAsync(duration),
        await SizesAsync(duration),
        await LoopsAsync(duration),
    ];

    private static async Task<Curve> MembersAsync(TimeSpan duration)
    {
        using var server = await WarmAsync();
        return await CurveAsync(
            "members", "Members of one room, one of whom talks", "members", _members, members => Scenario.Rooms(1, members, everyNth: members).RunAsync(server, duration));
    }

    private static async Task<Curve> SendsAsync(TimeSpan duration)
    {
        using var server = Programs.Peer("sends");
        return await CurveAsync(
            "sends", "Connections that are sent to in turn, and nothing else", "connections", _members, connections => BareSends.MeasureAsync(server, connections, duration));
    }

    private static async Task<Curve> RoomsAsync(TimeSpan duration)
    {
        const int Talkers = 100;
        using var server = await WarmAsync();
        return await CurveAsync(
            "rooms", "Rooms of one, a hundred of whom talk", "rooms", [100, 300, 1_000, 3_000, 10_000],
            rooms => Scenario.Rooms(rooms, 1, everyNth: rooms / Talkers).RunAsync(server, duration));
    }

    private static async Task<Curve> IdleAsync(TimeSpan duration)
    {
        const int MembersOfRoom = 20;
        using var server = await WarmAsync();
        return await CurveAsync("idle", "Idle members beside ten rooms of ten that all talk", "idle members", [0, 1_000, 3_000, 10_000, 18_000], async idle =>
        {
            using var sitting = new Load();
            await sitting.ConnectAsync(server.EndPoint, idle, i => new RoomClient(sitting, $"{sitting.Name}.{i}", $"{sitting.Name} {i / MembersOfRoom}", MembersOfRoom, Scenario.TextLength));
            return await _busy.RunAsync(server, duration);
        });
    }

    private static async Task<Curve> SizesAsync(TimeSpan duration)
    {
        using var server = Programs.EchoServer();
        await Scenario.Echo(16, 4, 128).RunAsync(server, 4 * duration);
        return await CurveAsync(
            "sizes", "Length of a message, echoed to 64 clients", "bytes", [16, 64, 256, 1_024, 4_096, 16_384],
            length => Scenario.Echo(64, 1, length).RunAsync(server, duration));
    }

    private static async Task<Curve> LoopsAsync(TimeSpan duration)
    {
        int[] loops = [1, 2, 3, 4];
        var scenario = Scenario.Rooms(100, 10, everyNth: 1);
        var servers = new Dictionary<int, ServerProcess>();
        try
        {
            foreach (var count in loops)
                servers[count] = await WarmAsync(Programs.ConsoleHost(processor: null, count));
            return await CurveAsync("loops", "Event loops, a hundred rooms of ten that all talk", "event loops", loops, count => scenario.RunAsync(servers[count], duration));
        }
        finally
        {
            foreach (var server in servers.Values)
                server.Dispose();
        }
    }

    private static Task<ServerProcess> WarmAsync() => WarmAsync(Programs.ConsoleHost());

    /// <summary>Warms up, until the just-in-time compiler has finished.</summary>
    private static async Task<ServerProcess> WarmAsync(ServerProcess server)
    {
        try
        {
            await _busy.RunAsync(server, TimeSpan.FromSeconds(4));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static async Task<Curve> CurveAsync(string name, string title, string unit, IReadOnlyList<int> points, Func<int, Task<Measurement>> measureAsync)
    {
        var measured = points.Select(_ => new List<Measurement>()).ToList();
        // Measures in rounds, so that a temporary disturbance of the machine affects all points alike.
        for (var round = 0; round < Repetitions; round++)
        {
            foreach (var (point, into) in points.Zip(measured))
            {
                into.Add(await measureAsync(point));
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{title}: {point}: {into[^1].Cost:F2} µs"));
            }
        }

        return new Curve(name, title, unit, [.. points.Zip(measured, (point, of) => (point, Measurement.Median(of)))]);
    }
}

/// <summary>Costs as a function of a growing value.</summary>
internal sealed record Curve(string Name, string Title, string Unit, IReadOnlyList<(int At, Measurement Measurement)> Points);

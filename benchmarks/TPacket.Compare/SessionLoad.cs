using System.Diagnostics;
using System.Globalization;

namespace TPacket.Compare;

/// <summary>
/// Measures the time for many clients to resume at once, compared with entering as new users, on the same server with the same number of
/// concurrent connections.
/// </summary>
internal sealed class SessionLoad
{
    private const int MembersOfRoom = 10;
    private const int Repetitions = 5;

    // The number of concurrent handshakes that fits into the system's accept queue.
    private const int ConnectsAtOnce = 500;

    // The time until the server has noticed the reset connections and all users are away.
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(2);

    private int _replayed;
    private int _snapshots;
    private int _elsewhere;
    private int _postponed;

    /// <param name="clients">The number of clients.</param>
    public static async Task<bool> RunAsync(int clients)
    {
        var isRight = true;
        foreach (var inFile in new[] { false, true })
        {
            var folder = Directory.CreateTempSubdirectory("tpacket-sessions-");
            try
            {
                using var server = Programs.ConsoleHost("--TPacket:SessionGrace=00:05:00", $"--TPacket:Sqlite:Path={(inFile ? Path.Combine(folder.FullName, "load.db") : "")}");
                // Warms up the just-in-time compiler.
                await MeasureAsync(server, clients);
                for (var i = 0; i < Repetitions; i++)
                {
                    var (joined, returned, load) = await MeasureAsync(server, clients);
                    Console.WriteLine(
                        $"{(inFile ? "file" : "memory")}: {clients} clients entered in {joined}, resumed in {returned}; {load._replayed} with a replay, {load._snapshots} with a snapshot, {load._postponed} were postponed");
                    isRight &= load._replayed + load._snapshots == clients && load._elsewhere == 0;
                }
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        return isRight;
    }

    /// <summary>Counts a reply to RESUME.</summary>
    public void OnResumed(int p1) => Interlocked.Increment(ref p1 == 0 ? ref _replayed : ref p1 == 1 ? ref _snapshots : ref _elsewhere);

    /// <summary>Counts an error reply with which the server postpones a RESUME.</summary>
    public void OnPostponed() => Interlocked.Increment(ref _postponed);

    private static async Task<(Time Joined, Time Returned, SessionLoad Load)> MeasureAsync(ServerProcess server, int clients)
    {
        var session = new SessionLoad();
        Time joined;
        var left = new LeftUser[clients];
        using (var load = new Load())
        {
            joined = await TimeAsync(server, load, clients, i =>
            {
                var client = new SessionClient(load, session, $"{load.Name}.{i}", $"{load.Name} {i / MembersOfRoom}");
                left[i] = client.User;
                return client;
            });
            await Task.Delay(_rest);
        }

        await Task.Delay(_rest);
        using var again = new Load();
        var returned = await TimeAsync(server, again, clients, i => new SessionClient(again, session, left[i]));
        if (again.Wrong > 0)
            throw new InvalidOperationException($"{again.Wrong} packets were wrong.");
        return (joined, returned, session);
    }

    private static async Task<Time> TimeAsync(ServerProcess server, Load load, int clients, Func<int, LoadClient> create)
    {
        // Collects the garbage of the last load before the measurement.
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var (started, processor, own) = (Stopwatch.GetTimestamp(), server.ProcessorTime, self.TotalProcessorTime);
        await load.ConnectAsync(server.EndPoint, clients, create, ConnectsAtOnce);
        var elapsed = Stopwatch.GetElapsedTime(started);
        self.Refresh();
        return new Time(elapsed, server.ProcessorTime - processor, self.TotalProcessorTime - own);
    }

    private readonly record struct Time(TimeSpan Elapsed, TimeSpan Processor, TimeSpan Own)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds:0.00} s (processor time of the server {Processor.TotalSeconds:0.00} s, of the load {Own.TotalSeconds:0.00} s)");
    }
}

using System.Diagnostics;
using System.Globalization;

namespace TPacket.Compare;

/// <summary>Measures how long many clients take that come back at once, beside as many that enter as new users, both with the same server and as many connections at a time.</summary>
internal sealed class SessionLoad
{
    private const int MembersOfRoom = 10;
    private const int Repetitions = 5;

    // As many handshakes at a time as a system keeps in its queue without losing any.
    private const int ConnectsAtOnce = 500;

    // Until the server has noticed that connections were reset, and everybody is away.
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(2);

    private int _replayed;
    private int _snapshots;
    private int _elsewhere;
    private int _postponed;

    /// <param name="clients">How many come back.</param>
    public static async Task<bool> RunAsync(int clients)
    {
        var isRight = true;
        foreach (var inFile in new[] { false, true })
        {
            var folder = Directory.CreateTempSubdirectory("tpacket-sessions-");
            try
            {
                using var server = Programs.ConsoleHost("--TPacket:SessionGrace=00:05:00", $"--TPacket:Sqlite:Path={(inFile ? Path.Combine(folder.FullName, "load.db") : "")}");
                // Compiles.
                await MeasureAsync(server, clients);
                for (var i = 0; i < Repetitions; i++)
                {
                    var (joined, returned, load) = await MeasureAsync(server, clients);
                    Console.WriteLine(
                        $"{(inFile ? "file" : "memory")}: {clients} clients entered in {joined}, came back in {returned}; {load._replayed} with what they had missed, {load._snapshots} with a snapshot, {load._postponed} were put off");
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

    /// <summary>The server has answered RESUME.</summary>
    public void OnResumed(int p1) => Interlocked.Increment(ref p1 == 0 ? ref _replayed : ref p1 == 1 ? ref _snapshots : ref _elsewhere);

    /// <summary>The server wants the client to come later.</summary>
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
        // Collects the garbage of the load before outside of the measured time.
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

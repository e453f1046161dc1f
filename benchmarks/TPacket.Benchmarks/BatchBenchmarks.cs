using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Server;
using TPacket.Transports.Loops;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures ten broadcasts to a room of 1,001 members: within the batch of an event loop, with one write per member for all ten, and without a batch, as after an await in a handler, with one write
/// per member and broadcast.
/// </summary>
public class BatchBenchmarks
{
    private const int Members = 1001;
    private const int Broadcasts = 10;

    private static readonly byte[] _data = new byte[64];

    private readonly List<NullTransport> _members = [];
    private IRoom _room = null!;

    [GlobalSetup]
    public void Fill()
    {
        var server = new MemoryServer();
        for (var i = 0; i < Members; i++)
            _members.Add(server.Enter($"user {i}", "lobby", accept: MemoryServer.OwnCommand));
        _room = server.Room("lobby");
        Expect(Together, Members);
        Expect(BehindAnAwait, Members * Broadcasts);
    }

    [Benchmark]
    public bool Together()
    {
        var batch = FlushBatch.Enter();
        try
        {
            return Broadcast();
        }
        finally
        {
            batch.Exit();
        }
    }

    [Benchmark]
    public bool BehindAnAwait() => Broadcast();

    private bool Broadcast()
    {
        for (var i = 0; i < Broadcasts; i++)
        {
            var appending = _room.BroadcastAsync(MemoryServer.OwnCommand, p1: i, p2: 0, _data);
            if (!appending.IsCompletedSuccessfully || !appending.Result.IsAppended)
                return false;
        }

        return true;
    }

    private void Expect(Func<bool> broadcast, long sends)
    {
        var before = _members.Sum(static member => member.Sends);
        if (!broadcast() || _members.Sum(static member => member.Sends) - before != sends)
            throw new InvalidOperationException($"{_members.Sum(static member => member.Sends) - before} sends, not {sends}.");
    }
}

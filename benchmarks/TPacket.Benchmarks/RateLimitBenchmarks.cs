using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures the cost of the packet limits for each packet: without a limit, with limits that no client reaches, and for a packet that the limit rejects.
/// </summary>
public class RateLimitBenchmarks
{
    private static readonly byte[] _nop = ClientBytes.Packet(PacketCommand.Nop);
    private static readonly byte[] _message = ClientBytes.Packet(PacketCommand.NewMsg, "Hello, everybody. How are you?");

    private NullTransport _unlimited = null!;
    private NullTransport _limited = null!;
    private NullTransport _inLimitedRoom = null!;
    private NullTransport _flooder = null!;

    [GlobalSetup]
    public void Enter()
    {
        _unlimited = new MemoryServer().Enter("alice", "lobby");
        _limited = new MemoryServer(
            static options => (options.PacketsPerSecond, options.PingAfterIdle) = (1_000_000, TimeSpan.FromDays(700)), new FastTime()).Enter("alice", "lobby");
        _inLimitedRoom = new MemoryServer(
            static options => (options.RoomPacketsPerSecond, options.RoomPacketBurst, options.PingAfterIdle) = (1_000_000, 1_000_000, TimeSpan.FromDays(700)), new FastTime()).Enter("alice", "lobby");
        _flooder = new MemoryServer(static options => options.PacketsPerSecond = 1).Enter("alice", "lobby");
        for (var i = 0; i < 1000; i++)
            _flooder.Receive(_nop);
    }

    [Benchmark(Baseline = true)]
    public long Nop() => Receive(_unlimited, _nop);

    [Benchmark]
    public long NopWithinTheLimit() => Receive(_limited, _nop);

    [Benchmark]
    public long NopRefused() => Receive(_flooder, _nop);

    [Benchmark]
    public long Message() => Receive(_unlimited, _message);

    [Benchmark]
    public long MessageWithinTheRoomsLimit() => Receive(_inLimitedRoom, _message);

    private static long Receive(NullTransport client, byte[] packet)
    {
        client.Receive(packet);
        return client.Sent;
    }

    /// <summary>The system's clock, a thousand times as fast: a read costs the same, and the benchmark reaches no limit.</summary>
    private sealed class FastTime : TimeProvider
    {
        public override long TimestampFrequency => System.TimestampFrequency;

        public override long GetTimestamp() => System.GetTimestamp() * 1000;
    }
}

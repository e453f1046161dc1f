using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures a packet of a signed-in user from its bytes to its handler, including the reply's bytes to the transport. The user is alone in its room.
/// </summary>
public class SessionBenchmarks
{
    private static readonly byte[] _nop = ClientBytes.Packet(PacketCommand.Nop);
    private static readonly byte[] _message = ClientBytes.Packet(PacketCommand.NewMsg, "Hello, everybody. How are you?");
    private static readonly byte[] _ownCommand = ClientBytes.Packet(MemoryServer.OwnCommand, "data");
    private static readonly byte[] _unknownCommand = ClientBytes.Packet(int.MaxValue);

    private NullTransport _alice = null!;

    [GlobalSetup]
    public void Enter() => _alice = new MemoryServer().Enter("alice", "lobby");

    [Benchmark]
    public long Nop() => Receive(_nop);

    [Benchmark]
    public long Message() => Receive(_message);

    [Benchmark]
    public long OwnCommand() => Receive(_ownCommand);

    [Benchmark]
    public long UnknownCommand() => Receive(_unknownCommand);

    private long Receive(byte[] packet)
    {
        _alice.Receive(packet);
        return _alice.Sent;
    }
}

using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Benchmarks;

/// <summary>Measures an event to all members of a room: a member's message, and a broadcast of the host.</summary>
public class BroadcastBenchmarks
{
    private static readonly byte[] _message = ClientBytes.Packet(PacketCommand.NewMsg, "Hello, everybody. How are you?");
    private static readonly byte[] _data = new byte[64];

    private NullTransport _speaker = null!;
    private IRoom _room = null!;

    [Params(10, 100, 1000)]
    public int Members { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var server = new MemoryServer();
        for (var i = 0; i < Members; i++)
        {
            _speaker = server.Enter($"user {i}", "lobby");
            _speaker.Receive(ClientBytes.Packet(PacketCommand.AcceptCommands, p1: MemoryServer.OwnCommand, p2: MemoryServer.OwnCommand));
        }

        _room = server.Room("lobby");
    }

    [Benchmark]
    public long Say()
    {
        _speaker.Receive(_message);
        return _speaker.Sent;
    }

    [Benchmark]
    public bool Broadcast()
    {
        var appending = _room.BroadcastAsync(MemoryServer.OwnCommand, p1: 1, p2: 2, _data);
        return appending.IsCompletedSuccessfully && appending.Result.IsAppended;
    }
}

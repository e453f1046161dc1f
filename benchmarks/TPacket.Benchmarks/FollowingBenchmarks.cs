using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>Measures a message in a room of 1,000 members, some of whom follow the log, and a message with a receipt.</summary>
public class FollowingBenchmarks
{
    private const int Members = 1000;

    // The offsets in a short masked frame of the masking key and of the packet's uid, which the whole key masks.
    private const int KeyOffset = 2;
    private const int UidOffset = 10;

    private static readonly byte[] _message = ClientBytes.Packet(PacketCommand.NewMsg, "Hello, everybody. How are you?");

    private readonly byte[] _receipted = [.. _message];
    private NullTransport _speaker = null!;
    private NullTransport _receiver = null!;
    private int _uid;

    [Params(0, 500, 1000)]
    public int Followers { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var server = new MemoryServer();
        for (var i = 0; i < Members; i++)
            _speaker = server.Enter($"user {i}", "lobby", accept: i < Followers ? (int)PacketCommand.Event : null);
        _receiver = server.Enter("receiver", "own", accept: (int)PacketCommand.Receipt);
    }

    [Benchmark]
    public long Say()
    {
        _speaker.Receive(_message);
        return _speaker.Sent;
    }

    [Benchmark]
    public long SayWithReceipt()
    {
        var key = BinaryPrimitives.ReadInt32LittleEndian(_receipted.AsSpan(KeyOffset));
        BinaryPrimitives.WriteInt32LittleEndian(_receipted.AsSpan(UidOffset), ++_uid ^ key);
        _receiver.Receive(_receipted);
        return _receiver.Sent;
    }
}

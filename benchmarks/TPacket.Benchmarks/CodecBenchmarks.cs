using BenchmarkDotNet.Attributes;
using TPacket.Protocol;

namespace TPacket.Benchmarks;

/// <summary>Measures decoding and encoding of packets.</summary>
public class CodecBenchmarks
{
    private byte[] _data = [];
    private byte[] _packet = [];

    [Params(0, 255, 65536)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _data = new byte[Length];
        _packet = new byte[PacketHeader.Size + Length];
        Write();
    }

    [Benchmark]
    public PacketReadStatus Read() => PacketReader.TryReadMessage(_packet, out _, out _);

    [Benchmark]
    public PacketReadStatus ReadFromAStream() => PacketReader.TryRead(_packet, _packet.Length, out _, out ReadOnlySpan<byte> _);

    [Benchmark]
    public int Write() => PacketWriter.Write(_packet, PacketHeader.Unasked, (int)PacketCommand.NewMsg, p1: 0x1000, p2: 0, _data);
}

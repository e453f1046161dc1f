using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks.Harness;
using TPacket.WebSockets.Framing;

namespace TPacket.Benchmarks;

/// <summary>Measures reading and writing of frames (RFC 6455, section 5.2). The lengths cover all forms of the header.</summary>
public class FramingBenchmarks
{
    private byte[] _payload = [];
    private byte[] _frame = [];
    private byte[] _destination = [];

    [Params(64, 1024, 65536)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _payload = new byte[Length];
        _frame = ClientBytes.Frame(_payload);
        _destination = new byte[_frame.Length];
    }

    [Benchmark]
    public bool ReadHeader() => FrameHeaderReader.TryRead(_frame, expectMasked: true, out _, out _, out _) == FrameReadStatus.Done;

    [Benchmark]
    public int Write() => FrameWriter.Write(_destination, new FrameForm(Opcode.Binary), _payload.AsSpan(0, 24), _payload.AsSpan(24));

    [Benchmark]
    public int WriteMasked() => FrameWriter.Write(_destination, new FrameForm(Opcode.Binary, Masked: true), _payload.AsSpan(0, 24), _payload.AsSpan(24));
}

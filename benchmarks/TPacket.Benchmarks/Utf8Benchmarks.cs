using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using TPacket.WebSockets.Messages;

namespace TPacket.Benchmarks;

/// <summary>
/// Compares validators of text (RFC 6455, section 8.1): this library's incremental validator, the framework's validator of a whole text, and a
/// loop over code points.
/// </summary>
public class Utf8Benchmarks
{
    private byte[] _text = [];

    [Params(128, 4096, 65536)]
    public int Length { get; set; }

    [Params("ASCII", "Greek")]
    public string Script { get; set; } = "";

    [GlobalSetup]
    public void Fill() =>
        _text = Encoding.UTF8.GetBytes(Script == "ASCII" ? new string('a', Length) : new string('\u03B1', Length / 2));

    [Benchmark(Baseline = true)]
    public bool Ours()
    {
        var validator = default(Utf8Validator);
        return validator.Append(_text) && validator.IsComplete;
    }

    [Benchmark]
    public bool OursInTwoPiecesCutWithinACharacter()
    {
        var validator = default(Utf8Validator);
        return validator.Append(_text.AsSpan(0, (Length / 2) - 1)) && validator.Append(_text.AsSpan((Length / 2) - 1)) && validator.IsComplete;
    }

    [Benchmark]
    public bool Framework() => Utf8.IsValid(_text);

    [Benchmark]
    public bool Scalar()
    {
        var rest = _text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[length..];
        }

        return true;
    }
}

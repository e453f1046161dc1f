using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Messages;

/// <summary>The beginning of a frame header whose rest has not arrived.</summary>
internal struct PartialHeader
{
    private Buffer _buffer;

    /// <summary>How many bytes there are.</summary>
    public byte Length;

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_buffer)[..Length];

    /// <summary>Takes as much of the input as a header can have.</summary>
    public void Append(ref Span<byte> input)
    {
        var taken = Math.Min(FrameHeader.MaxLength - Length, input.Length);
        input[..taken].CopyTo(((Span<byte>)_buffer)[Length..]);
        Length += (byte)taken;
        input = input[taken..];
    }

    [InlineArray(FrameHeader.MaxLength)]
    private struct Buffer
    {
        private byte _first;
    }
}

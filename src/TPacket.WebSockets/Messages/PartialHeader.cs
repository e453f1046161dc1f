using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Messages;

/// <summary>The first bytes of an incomplete frame header.</summary>
internal struct PartialHeader
{
    private Buffer _buffer;

    /// <summary>Number of bytes.</summary>
    public byte Length;

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_buffer)[..Length];

    /// <summary>Appends bytes of the input, up to the maximum length of a header.</summary>
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

using System.Collections.Concurrent;
using System.IO.Compression;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Compresses a message once for all connections that have negotiated the same parameters without context takeover. Connections with the same parameters have the same instance in
/// <see cref="WebSocketConnection.SharedCompression"/>. Thread-safe.
/// </summary>
internal sealed class SharedCompression
{
    private static readonly ConcurrentDictionary<(int WindowBits, CompressionLevel Level, int MinimumLength), SharedCompression> _all = new();

    private readonly Deflater _deflater;
    private readonly int _minimumLength;

    private SharedCompression(int windowBits, CompressionLevel level, int minimumLength) =>
        (_deflater, _minimumLength) = (new Deflater(windowBits, level, contextTakeover: false), minimumLength);

    /// <summary>Compresses a binary message that consists of two parts.</summary>
    /// <returns>One frame in a buffer whose only reference is the caller's; null if the message is to be sent uncompressed.</returns>
    public FrameBuffer? TryCompress(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var length = head.Length + body.Length;
        if (length < _minimumLength)
            return null;
        using var deflated = _deflater.Deflate(head, body);
        if (deflated.Bytes.Length >= length)
            return null;
        var frames = FrameBuffer.Rent(FrameBuffer.FrameLength(deflated.Bytes.Length));
        frames.Append(new FrameForm(Opcode.Binary, Compressed: true), deflated.Bytes, []);
        return frames;
    }

    /// <summary>Returns the instance for a window and options.</summary>
    public static SharedCompression For(int windowBits, DeflateOptions options) =>
        _all.GetOrAdd(
            (windowBits, options.CompressionLevel, options.MinimumLength),
            static key => new SharedCompression(key.WindowBits, key.Level, key.MinimumLength));
}

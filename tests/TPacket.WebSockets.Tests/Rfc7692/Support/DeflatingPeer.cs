using System.IO.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// The other side of a compressed connection: compresses with the framework's <see cref="DeflateStream"/>, within the window and the takeover that were agreed on, and reads with a
/// <see cref="ReferenceInflater"/>, which tells whether this library keeps to its own.
/// </summary>
/// <param name="takeover">Whether the peer may refer to its earlier messages.</param>
/// <param name="windowBits">The peer's window.</param>
/// <param name="level">How much work the peer does.</param>
internal sealed class DeflatingPeer(bool takeover, int windowBits, CompressionLevel level = CompressionLevel.Optimal) : IDisposable
{
    private readonly ReferenceInflater _inflater = new();
    private readonly MemoryStream _packed = new();
    private DeflateStream? _deflate;

    /// <summary>The longest distance of any match that this library has made.</summary>
    public int LongestDistance => _inflater.LongestDistance;

    /// <summary>Whether a match of this library's last message has reached into one before it.</summary>
    public bool ReachedBack => _inflater.ReachedBack;

    /// <summary>The payload of a compressed message.</summary>
    public byte[] Deflate(byte[] data)
    {
        _packed.SetLength(0);
        // The framework's window is always the largest one: what is flushed and begun anew in time does not reach further back than a smaller one.
        var takesOver = takeover && windowBits == DeflateOptions.LargestWindowBits;
        foreach (var piece in takesOver ? [data] : data.Chunk(1 << windowBits))
        {
            if (!takesOver)
                Renew();
            (_deflate ??= new DeflateStream(_packed, level, leaveOpen: true)).Write(piece);
            _deflate.Flush();
        }

        // The tail of the last flush is not sent (section 7.2.1); a message of no data is the beginning of an empty block.
        return _packed.Length == 0 ? [0x00] : _packed.ToArray()[..^4];
    }

    /// <summary>The data of a message that this library has sent.</summary>
    public byte[] Inflate(WireFrame frame) => (frame.First & 0x40) == 0 ? frame.Payload : _inflater.Message(frame.Payload);

    public void Dispose()
    {
        Renew();
        _packed.Dispose();
    }

    /// <summary>Forgets what was compressed; what the stream writes when it ends is not wanted.</summary>
    private void Renew()
    {
        var length = _packed.Length;
        _deflate?.Dispose();
        _deflate = null;
        _packed.SetLength(length);
    }
}

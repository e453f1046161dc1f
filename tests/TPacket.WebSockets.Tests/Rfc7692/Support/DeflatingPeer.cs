using System.IO.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// The peer of a compressed connection: compresses with the framework's <see cref="DeflateStream"/> within the negotiated parameters, and decompresses with a
/// <see cref="ReferenceInflater"/>, which shows whether this library respects its own.
/// </summary>
/// <param name="takeover">Whether the peer may refer to earlier messages.</param>
/// <param name="windowBits">The peer's window in bits.</param>
/// <param name="level">The peer's level of compression.</param>
internal sealed class DeflatingPeer(bool takeover, int windowBits, CompressionLevel level = CompressionLevel.Optimal) : IDisposable
{
    private readonly ReferenceInflater _inflater = new();
    private readonly MemoryStream _packed = new();
    private DeflateStream? _deflate;

    /// <summary>Maximum distance of a match in this library's messages.</summary>
    public int LongestDistance => _inflater.LongestDistance;

    /// <summary>Whether this library's last message refers to an earlier one.</summary>
    public bool ReachedBack => _inflater.ReachedBack;

    /// <summary>Returns the payload of a compressed message.</summary>
    public byte[] Deflate(byte[] data)
    {
        _packed.SetLength(0);
        // The framework's window is always the largest one. A new stream for each part of a smaller window's length keeps matches within that window.
        var takesOver = takeover && windowBits == DeflateOptions.MaxWindowBits;
        foreach (var piece in takesOver ? [data] : data.Chunk(1 << windowBits))
        {
            if (!takesOver)
                Renew();
            (_deflate ??= new DeflateStream(_packed, level, leaveOpen: true)).Write(piece);
            _deflate.Flush();
        }

        // The end of the last flush is removed (section 7.2.1); an empty message is the beginning of an empty block.
        return _packed.Length == 0 ? [0x00] : _packed.ToArray()[..^4];
    }

    /// <summary>Returns the data of a message that this library has sent.</summary>
    public byte[] Inflate(WireFrame frame) => (frame.First & 0x40) == 0 ? frame.Payload : _inflater.Message(frame.Payload);

    public void Dispose()
    {
        Renew();
        _packed.Dispose();
    }

    /// <summary>Begins a new stream, and discards the bytes that the last one writes at its end.</summary>
    private void Renew()
    {
        var length = _packed.Length;
        _deflate?.Dispose();
        _deflate = null;
        _packed.SetLength(length);
    }
}

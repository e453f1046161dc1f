using System.Runtime.InteropServices;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Packets;

/// <summary>
/// The compressed frames of one packet: one for each set of compression parameters, shared by all members with these parameters. A local that is never copied.
/// </summary>
internal struct CompressedFrames
{
    private SharedCompression? _by;
    private FrameBuffer? _frames;

    // Members rarely have different parameters.
    private List<(SharedCompression By, FrameBuffer? Frames)>? _more;

    /// <summary>Returns the packet's compressed frame; null if the packet is to be sent uncompressed.</summary>
    public FrameBuffer? By(SharedCompression by, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        if (_by == by)
            return _frames;
        if (_by is null)
        {
            _by = by;
            return _frames = by.TryCompress(header, data);
        }

        foreach (var (other, frames) in _more ??= [])
        {
            if (other == by)
                return frames;
        }

        var compressed = by.TryCompress(header, data);
        _more.Add((by, compressed));
        return compressed;
    }

    public readonly void Release()
    {
        _frames?.Release();
        foreach (var (_, frames) in CollectionsMarshal.AsSpan(_more))
            frames?.Release();
    }
}

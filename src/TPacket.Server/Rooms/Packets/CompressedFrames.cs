using System.Runtime.InteropServices;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms.Packets;

/// <summary>One packet as members who have agreed on compression get it: compressed once for all who can share the bytes. A local that is not copied.</summary>
internal struct CompressedFrames
{
    private SharedCompression? _by;
    private FrameBuffer? _frames;

    // Members have rarely agreed on different parameters.
    private List<(SharedCompression By, FrameBuffer? Frames)>? _more;

    /// <summary>The packet's frame; null where it is better sent as it is.</summary>
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

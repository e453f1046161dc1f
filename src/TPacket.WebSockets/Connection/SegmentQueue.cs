using System.Buffers;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// A queue of bytes in rented buffers of a bounded length. Appending never copies earlier bytes, and each buffer is returned to its pool as soon
/// as its bytes are removed.
/// </summary>
internal sealed class SegmentQueue
{
    /// <summary>Length of the longest buffer, in bytes.</summary>
    public const int LongestSegment = 32 * 1024;

    private readonly Queue<byte[]> _segments = new();
    private readonly ArrayPool<byte>? _pool;
    private byte[] _last;
    private int _start;
    private int _end;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="pool">Pool of the buffers; null for <see cref="BufferPool"/>.</param>
    public SegmentQueue(ArrayPool<byte>? pool = null)
    {
        _pool = pool;
        _segments.Enqueue(_last = Rent(FrameBuffer.StandardCapacity));
    }

    public bool IsEmpty => _segments.Count == 1 && _start == _end;

    /// <summary>The bytes in the first buffer.</summary>
    public ReadOnlySpan<byte> First => _segments.Peek().AsSpan(_start, (_segments.Count == 1 ? _end : _segments.Peek().Length) - _start);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Reserve(bytes.Length);
            bytes[..room.Length].CopyTo(room);
            bytes = bytes[room.Length..];
        }
    }

    /// <summary>Appends a masked copy of bytes (RFC 6455, section 5.3).</summary>
    /// <returns>The key, rotated for the byte that follows.</returns>
    public uint Append(ReadOnlySpan<byte> bytes, uint key)
    {
        while (!bytes.IsEmpty)
        {
            var room = Reserve(bytes.Length);
            bytes[..room.Length].CopyTo(room);
            key = Masking.Apply(room, key);
            bytes = bytes[room.Length..];
        }

        return key;
    }

    /// <summary>Removes bytes of <see cref="First"/>.</summary>
    public void RemoveFirst(int count)
    {
        _start += count;
        if (_segments.Count > 1 && _start == _segments.Peek().Length)
        {
            Return(_segments.Dequeue());
            _start = 0;
        }
    }

    public void Release()
    {
        while (_segments.TryDequeue(out var segment))
            Return(segment);
    }

    /// <summary>Reserves at least one byte after the last byte, and at most <paramref name="most"/>.</summary>
    private Span<byte> Reserve(int most)
    {
        if (_end == _last.Length)
        {
            _last = Rent(Math.Min(2 * _last.Length, LongestSegment));
            _segments.Enqueue(_last);
            _end = 0;
        }

        var room = _last.AsSpan(_end, Math.Min(most, _last.Length - _end));
        _end += room.Length;
        return room;
    }

    private byte[] Rent(int length) => _pool is null ? BufferPool.Rent(length) : _pool.Rent(length);

    private void Return(byte[] segment)
    {
        if (_pool is null)
            BufferPool.Return(segment);
        else
            _pool.Return(segment);
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace TPacket.Server.Stores.Logs;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash that cannot be predicted without the key. Mutable; use it as a local and do not copy it.
/// </summary>
internal struct SipHash(ulong key0, ulong key1)
{
    private ulong _v0 = key0 ^ 0x736f6d6570736575;
    private ulong _v1 = key1 ^ 0x646f72616e646f6d;
    private ulong _v2 = key0 ^ 0x6c7967656e657261;
    private ulong _v3 = key1 ^ 0x7465646279746573;
    private ulong _length;

    /// <summary>Adds eight bytes.</summary>
    public void Add(ulong word)
    {
        _length += sizeof(ulong);
        Compress(word);
    }

    /// <summary>Adds the length of bytes, and the bytes padded with zeros to whole words.</summary>
    public void AddWithLength(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (!bytes.IsEmpty)
            Add(Tail(bytes));
    }

    /// <summary>Adds the last bytes without padding, and returns the hash of all input.</summary>
    public ulong Finish(ReadOnlySpan<byte> last = default)
    {
        while (last.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(last));
            last = last[sizeof(ulong)..];
        }

        _length += (uint)last.Length;
        Compress(Tail(last) | (_length << 56));
        _v2 ^= 0xff;
        for (var i = 0; i < 4; i++)
            Round();
        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes)
    {
        var tail = 0UL;
        for (var i = 0; i < bytes.Length; i++)
            tail |= (ulong)bytes[i] << (8 * i);
        return tail;
    }

    private void Compress(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}

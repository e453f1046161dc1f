using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TPacket.Games;

/// <summary>
/// The random numbers of the beginning of a game, or of one of its moves. They are computed from the seed in the room's log, so they are the same on every
/// server and at every replay. They are parts of SHA-256 hashes, so a member who knows some of the numbers cannot compute the others. Not thread-safe.
/// </summary>
public sealed class GameRandom
{
    private readonly byte[] _source = new byte[24];
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private int _at = SHA256.HashSizeInBytes;
    private int _blocks;

    internal GameRandom(long seed, int game, int move)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_source, seed);
        BinaryPrimitives.WriteInt32LittleEndian(_source.AsSpan(8), game);
        BinaryPrimitives.WriteInt32LittleEndian(_source.AsSpan(12), move);
    }

    /// <summary>Draws a number from 0 to <paramref name="count"/> - 1, uniformly distributed.</summary>
    /// <param name="count">1 or more.</param>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var limit = uint.MaxValue - (uint)(((1UL << 32) % (uint)count) % (uint)count);
        while (true)
        {
            var drawn = Draw();
            if (drawn <= limit)
                return (int)(drawn % (uint)count);
        }
    }

    /// <summary>Shuffles values in place.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var other = Next(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    private uint Draw()
    {
        if (_at == _block.Length)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_source.AsSpan(16), _blocks++);
            SHA256.HashData(_source, _block);
            _at = 0;
        }

        var drawn = BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(_at));
        _at += sizeof(uint);
        return drawn;
    }
}

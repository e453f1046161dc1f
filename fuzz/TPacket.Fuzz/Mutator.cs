using System.Buffers.Binary;

namespace TPacket.Fuzz;

/// <summary>Mutates inputs: it changes bits, bytes and blocks, and inserts limits of number types, words of the dictionary and halves of other inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> dictionary, int maxLength)
{
    private static readonly long[] _borders =
        [0, 1, 2, 7, 8, 15, 16, 23, 24, 25, 31, 32, 63, 64, 100, 124, 125, 126, 127, 128, 254, 255, 256, 257, 1000, 1024, 4096, 32767, 32768, 65534, 65535, 65536, int.MaxValue, int.MinValue, -1, long.MaxValue, long.MinValue];

    private readonly List<byte> _bytes = [];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        _bytes.Clear();
        _bytes.AddRange(input);
        var changes = 1 << random.Next(5);
        for (var i = 0; i < changes; i++)
            ChangeOnce(other);
        if (_bytes.Count > maxLength)
            _bytes.RemoveRange(maxLength, _bytes.Count - maxLength);
        return [.. _bytes];
    }

    private void ChangeOnce(byte[] other)
    {
        if (_bytes.Count == 0)
        {
            _bytes.Add((byte)random.Next(256));
            return;
        }

        var at = random.Next(_bytes.Count);
        switch (random.Next(11))
        {
            case 0:
                _bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                _bytes[at] = (byte)(_bytes[at] + random.Next(-16, 17));
                break;
            case 3:
                WriteNumber(at);
                break;
            case 4:
                _bytes.RemoveRange(at, Math.Min(random.Next(1, 17), _bytes.Count - at));
                break;
            case 5:
                _bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 17)));
                break;
            case 6:
                Duplicate(at);
                break;
            case 7 when dictionary.Count > 0:
                _bytes.InsertRange(at, dictionary[random.Next(dictionary.Count)]);
                break;
            case 8 when dictionary.Count > 0:
                Overwrite(at, dictionary[random.Next(dictionary.Count)]);
                break;
            case 9 when other.Length > 0:
                // Replaces the rest with the rest of another input.
                _bytes.RemoveRange(at, _bytes.Count - at);
                _bytes.AddRange(other[random.Next(other.Length)..]);
                break;
            case 10 when other.Length > 0:
                var start = random.Next(other.Length);
                _bytes.InsertRange(at, other[start..Math.Min(other.Length, start + random.Next(1, 65))]);
                break;
            default:
                _bytes[at] = (byte)random.Next(256);
                break;
        }
    }

    private void WriteNumber(int at)
    {
        Span<byte> number = stackalloc byte[8];
        var value = _borders[random.Next(_borders.Length)];
        var width = 1 << random.Next(4);
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - (8 * width)));
        Overwrite(at, number[..width]);
    }

    private void Duplicate(int at)
    {
        var length = Math.Min(random.Next(1, 65), _bytes.Count - at);
        _bytes.InsertRange(at, _bytes.GetRange(at, length));
    }

    private void Overwrite(int at, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length && at + i < _bytes.Count; i++)
            _bytes[at + i] = bytes[i];
    }
}

namespace TPacket.WebSockets.Tests;

/// <summary>
/// Decompresses one direction of a connection as RFC 1951 describes DEFLATE, without a library. It records the distances of matches, which a library does not show.
/// </summary>
internal sealed class ReferenceInflater
{
    private static readonly int[] _lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] _lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly int[] _distanceBase =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly int[] _distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    private static readonly int[] _codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly Code _fixedLiterals = new([.. Enumerable.Range(0, 288).Select(static s => s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8)]);
    private static readonly Code _fixedDistances = new([.. Enumerable.Repeat(5, 30)]);

    private readonly List<byte> _output = [];
    private byte[] _input = [];
    private int _bit;
    private int _messageStart;

    /// <summary>Maximum distance of a match.</summary>
    public int LongestDistance { get; private set; }

    /// <summary>Whether the last message refers to an earlier one.</summary>
    public bool ReachedBack { get; private set; }

    /// <summary>Returns the data of a message: decompresses its payload with the tail of RFC 7692, section 7.2.2, to the last bit.</summary>
    public byte[] Message(byte[] payload)
    {
        _input = [.. payload, 0x00, 0x00, 0xFF, 0xFF];
        _bit = 0;
        _messageStart = _output.Count;
        ReachedBack = false;
        while (_bit < _input.Length * 8)
            Block();
        return [.. _output[_messageStart..]];
    }

    private void Block()
    {
        Bits(1);
        switch (Bits(2))
        {
            case 0:
                Stored();
                break;
            case 1:
                Compressed(_fixedLiterals, _fixedDistances);
                break;
            case 2:
                Dynamic();
                break;
            default:
                throw new InvalidDataException("block type");
        }
    }

    private void Stored()
    {
        _bit = (_bit + 7) & ~7;
        var length = Bits(16);
        Assert.Equal(length ^ 0xFFFF, Bits(16));
        _output.AddRange(_input.AsSpan(_bit >> 3, length));
        _bit += 8 * length;
    }

    private void Dynamic()
    {
        var literals = Bits(5) + 257;
        var distances = Bits(5) + 1;
        var codeLengths = new int[19];
        var count = Bits(4) + 4;
        for (var i = 0; i < count; i++)
            codeLengths[_codeLengthOrder[i]] = Bits(3);
        var code = new Code(codeLengths);
        var lengths = new List<int>();
        while (lengths.Count < literals + distances)
        {
            var symbol = Symbol(code);
            if (symbol < 16)
                lengths.Add(symbol);
            else if (symbol == 16)
                lengths.AddRange(Enumerable.Repeat(lengths[^1], 3 + Bits(2)));
            else
                lengths.AddRange(Enumerable.Repeat(0, symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)));
        }

        Compressed(new Code([.. lengths[..literals]]), new Code([.. lengths[literals..]]));
    }

    private void Compressed(Code literals, Code distances)
    {
        while (true)
        {
            var symbol = Symbol(literals);
            if (symbol == 256)
                return;
            if (symbol < 256)
            {
                _output.Add((byte)symbol);
                continue;
            }

            var length = _lengthBase[symbol - 257] + Bits(_lengthBits[symbol - 257]);
            symbol = Symbol(distances);
            var distance = _distanceBase[symbol] + Bits(_distanceBits[symbol]);
            LongestDistance = Math.Max(LongestDistance, distance);
            ReachedBack |= _output.Count - distance < _messageStart;
            for (; length > 0; length--)
                _output.Add(_output[^distance]);
        }
    }

    private int Symbol(Code code)
    {
        var bits = 1;
        while (bits < 1 << 15)
        {
            bits = (bits << 1) | Bits(1);
            if (code.Symbols[bits] >= 0)
                return code.Symbols[bits];
        }

        throw new InvalidDataException("no such code");
    }

    private int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
            value |= ((_input[_bit >> 3] >> (_bit & 7)) & 1) << i;
        return value;
    }

    /// <summary>A Huffman code, given by the lengths of its symbols (RFC 1951, section 3.2.2).</summary>
    private sealed class Code
    {
        public Code(int[] lengths)
        {
            Array.Fill(Symbols, -1);
            var next = 0;
            for (var length = 1; length <= 15; length++, next <<= 1)
            {
                for (var symbol = 0; symbol < lengths.Length; symbol++)
                {
                    if (lengths[symbol] == length)
                        Symbols[(1 << length) | next++] = symbol;
                }
            }
        }

        /// <summary>The symbol of each code, which is prefixed with a one bit; -1 if there is none.</summary>
        public int[] Symbols { get; } = new int[1 << 16];
    }
}

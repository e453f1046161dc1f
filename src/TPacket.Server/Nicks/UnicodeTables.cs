using System.IO.Compression;

namespace TPacket.Server.Nicks;

/// <summary>
/// The Unicode 15.0 data by which nicks are compared, the same on every machine. .NET has no data about confusables and Default_Ignorable_Code_Point,
/// and does not normalize in globalization-invariant mode. Loaded on first use, for a nick that is not ASCII, from Unicode.bin, which eng/unicode.cs writes.
/// </summary>
internal sealed class UnicodeTables
{
    private const int CodePointBits = 21;
    private const int LastCodePoint = 0x10FFFF; // A noncharacter, so it has the scripts of unassigned code points.
    private const uint CodePointMask = (1 << CodePointBits) - 1;

    // Each key has a code point in its low bits. The upper bits are the length of a text, or the value of the range that begins at the code point.
    private readonly uint[] _readings;
    private readonly uint[] _looks;
    private readonly uint[] _ignorable;
    private readonly uint[] _combiningClasses;
    private readonly uint[] _scripts;

    // The offsets of the texts in _texts.
    private readonly ushort[] _readingStarts;
    private readonly ushort[] _lookStarts;
    private readonly string _texts;
    private readonly ScriptSet[] _scriptSets;

    private UnicodeTables(Stream source)
    {
        var lengths = new int[7];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = ReadNumber(source);
        _readings = ReadKeys(source, lengths[0]);
        _looks = ReadKeys(source, lengths[1]);
        _ignorable = ReadKeys(source, lengths[2]);
        _combiningClasses = ReadKeys(source, lengths[3]);
        _scripts = ReadKeys(source, lengths[4]);
        _readingStarts = Array.ConvertAll(ReadDifferences(source, lengths[0]), static start => (ushort)start);
        _lookStarts = Array.ConvertAll(ReadDifferences(source, lengths[1]), static start => (ushort)start);
        _texts = string.Create(lengths[6], ReadDifferences(source, lengths[6]), static (text, characters) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)characters[i];
        });
        _scriptSets = new ScriptSet[lengths[5]];
        for (var i = 0; i < _scriptSets.Length; i++)
            _scriptSets[i] = new ScriptSet(ReadWord(source), ReadWord(source), ReadWord(source));
    }

    public static UnicodeTables Instance => Loaded.Tables;

    /// <summary>
    /// Finds the reading of a character: case-folded and compatibility-mapped (NFKC_Casefold), and decomposed.
    /// The table has no Hangul syllables and no ignorable characters.
    /// </summary>
    /// <returns>False if the character is its own reading.</returns>
    public bool TryGetReading(int codePoint, out ReadOnlySpan<char> reading) => TryGetText(_readings, _readingStarts, codePoint, out reading);

    /// <summary>Finds the reading of a character's prototype (UTS #39, section 4).</summary>
    /// <returns>False if it is the reading of the character itself.</returns>
    public bool TryGetLook(int codePoint, out ReadOnlySpan<char> look) => TryGetText(_looks, _lookStarts, codePoint, out look);

    /// <summary>Returns whether a character is invisible (Default_Ignorable_Code_Point).</summary>
    public bool IsIgnorable(int codePoint) => Range(_ignorable, codePoint) != 0;

    /// <summary>Returns the combining class of a mark (Canonical_Combining_Class); 0 for other characters.</summary>
    public int CombiningClass(int codePoint) => Range(_combiningClasses, codePoint);

    /// <summary>Returns the scripts of a character (Script_Extensions), augmented for writing systems that mix scripts (UTS #39, section 5.1).</summary>
    public ScriptSet Scripts(int codePoint) => _scriptSets[Range(_scripts, codePoint)];

    /// <summary>Returns whether a code point is assigned in this version of Unicode, and not for private use.</summary>
    public bool IsKnown(int codePoint) => Range(_scripts, codePoint) != Range(_scripts, LastCodePoint);

    private bool TryGetText(uint[] keys, ushort[] starts, int codePoint, out ReadOnlySpan<char> text)
    {
        var index = Find(keys, codePoint);
        var found = index >= 0 && (keys[index] & CodePointMask) == codePoint;
        text = found ? _texts.AsSpan(starts[index], (int)(keys[index] >> CodePointBits)) : default;
        return found;
    }

    private static int Range(uint[] keys, int codePoint) => (int)(keys[Find(keys, codePoint)] >> CodePointBits);

    /// <summary>Returns the index of the last key that is not greater than a code point; -1 if there is none.</summary>
    private static int Find(uint[] keys, int codePoint)
    {
        var (low, high) = (0, keys.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if ((keys[middle] & CodePointMask) <= codePoint)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }

    private static uint[] ReadKeys(Stream source, int count)
    {
        var codePoints = ReadDifferences(source, count);
        var others = ReadDifferences(source, count);
        var keys = new uint[count];
        for (var i = 0; i < count; i++)
            keys[i] = (uint)codePoints[i] | ((uint)others[i] << CodePointBits);
        return keys;
    }

    private static int[] ReadDifferences(Stream source, int count)
    {
        var numbers = new int[count];
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            var difference = ReadNumber(source);
            numbers[i] = last += (difference >> 1) ^ -(difference & 1);
        }

        return numbers;
    }

    private static int ReadNumber(Stream source)
    {
        var number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = source.ReadByte();
            number |= (next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }
    }

    private static ulong ReadWord(Stream source)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        source.ReadExactly(word);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(word);
    }

    private static class Loaded
    {
        public static readonly UnicodeTables Tables = Load();

        private static UnicodeTables Load()
        {
            using var resource = typeof(UnicodeTables).Assembly.GetManifestResourceStream("TPacket.Server.Nicks.Unicode.bin")!;
            using var zlib = new ZLibStream(resource, CompressionMode.Decompress);
            using var buffered = new BufferedStream(zlib);
            return new UnicodeTables(buffered);
        }
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>Builds the reading or the skeleton of a text: mapped characters in canonical order, with single blanks.</summary>
internal sealed class NickText
{
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private const int LeadingBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailingBase = 0x11A7;
    private const int TrailingCount = 28;
    private const int TrailingsOfLeading = 21 * TrailingCount;

    // The ypogegrammeni is a mark that maps to a letter. It is reordered as a mark before it is mapped (Unicode, section 3.13, D145).
    private const int Ypogegrammeni = 0x345;
    private const int Iota = 0x3B9;

    private readonly List<int> _codePoints = [];
    private readonly bool _looks;

    private NickText(bool looks) => _looks = looks;

    /// <summary>
    /// Returns the reading of a nick. Nicks that differ only in case, compatibility form (NFKC),
    /// invisible characters, or the number or width of blanks have the same reading.
    /// </summary>
    public static string ReadingOf(string nick) => Ascii.IsValid(nick) && !nick.Contains("  ", StringComparison.Ordinal) ? nick.ToLowerInvariant() : Of(nick, looks: false);

    /// <summary>Returns the skeleton of a text (UTS #39, section 4), ignoring case.</summary>
    public static string SkeletonOf(string text) => Of(text, looks: true);

    private static string Of(string text, bool looks)
    {
        var built = new NickText(looks);
        foreach (var rune in text.EnumerateRunes())
            built.Take(rune);
        return built.ToOrderedString();
    }

    private void Take(Rune rune)
    {
        if (Characters.IsBlank(rune))
            Append(' ');
        else if (Characters.IsTag(rune.Value))
            Append(rune.Value);
        else if (!Characters.IsIgnorable(rune))
            TakeVisible(rune.Value);
    }

    private void TakeVisible(int codePoint)
    {
        var tables = UnicodeTables.Instance;
        if ((_looks && tables.TryGetLook(codePoint, out var text)) || tables.TryGetReading(codePoint, out text))
        {
            foreach (var part in text.EnumerateRunes())
                Append(part.Value);
            if (HasYpogegrammeni(codePoint) && _codePoints[^1] == Iota)
                _codePoints[^1] = Ypogegrammeni;
        }
        else if (codePoint - HangulBase is >= 0 and < HangulCount and var syllable)
        {
            TakeVisible(LeadingBase + (syllable / TrailingsOfLeading));
            TakeVisible(VowelBase + (syllable % TrailingsOfLeading / TrailingCount));
            if (syllable % TrailingCount is > 0 and var trailing)
                TakeVisible(TrailingBase + trailing);
        }
        else
        {
            // The tables do not know letters of newer Unicode versions; the runtime may.
            Append(tables.IsKnown(codePoint) ? codePoint : Rune.ToLowerInvariant(new Rune(codePoint)).Value);
        }
    }

    /// <summary>Returns whether the canonical decomposition of a code point ends with the ypogegrammeni.</summary>
    private static bool HasYpogegrammeni(int codePoint) => codePoint switch
    {
        Ypogegrammeni => true,
        >= 0x1F80 and <= 0x1FAF => true,
        0x1FB2 or 0x1FB3 or 0x1FB4 or 0x1FB7 or 0x1FBC => true,
        0x1FC2 or 0x1FC3 or 0x1FC4 or 0x1FC7 or 0x1FCC => true,
        0x1FF2 or 0x1FF3 or 0x1FF4 or 0x1FF7 or 0x1FFC => true,
        _ => false,
    };

    private void Append(int codePoint)
    {
        if (codePoint != ' ' || _codePoints is not [.., ' '])
            _codePoints.Add(codePoint);
    }

    /// <summary>Sorts the marks of each letter by combining class (Unicode, section 3.11, D109). The sort is stable.</summary>
    private string ToOrderedString()
    {
        var codePoints = CollectionsMarshal.AsSpan(_codePoints);
        var classes = new int[codePoints.Length];
        for (var i = 0; i < classes.Length; i++)
            classes[i] = codePoints[i] < 0x300 ? 0 : UnicodeTables.Instance.CombiningClass(codePoints[i]);
        for (int start = 0, end; start < classes.Length; start = end)
        {
            for (end = start + 1; end < classes.Length && classes[start] != 0 && classes[end] != 0;)
                end++;
            if (end - start > 1)
                Order(codePoints[start..end], classes.AsSpan(start, end - start));
        }

        var text = new StringBuilder(codePoints.Length);
        foreach (var codePoint in codePoints)
            text.Append(char.ConvertFromUtf32(codePoint == Ypogegrammeni ? Iota : codePoint));
        return text.ToString();
    }

    private static void Order(Span<int> marks, ReadOnlySpan<int> classes)
    {
        var keys = new long[marks.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((long)classes[i] << 32) | (uint)i;
        keys.AsSpan().Sort(marks);
    }
}

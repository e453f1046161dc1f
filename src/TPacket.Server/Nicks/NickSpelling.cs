using System.Buffers;
using System.Globalization;
using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>Which characters a nick can have, and where. Pure; takes any string.</summary>
internal static class NickSpelling
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;

    // Emoji are flags with tags behind them (UTS #51, section C.1), of which Unicode recommends these. Others look like the flag without its tags.
    private static readonly string[] _flags = [Tags("gbeng"), Tags("gbsct"), Tags("gbwls")];

    /// <summary>What is wrong with a nick, for its user; null where nothing is.</summary>
    public static string? Objection(string nick)
    {
        if (!Characters.IsVisible(nick))
            return "A nick cannot be empty.";
        for (var i = 0; i < nick.Length; i++)
        {
            if (Rune.DecodeFromUtf16(nick.AsSpan(i), out var rune, out var length) != OperationStatus.Done || Characters.IsNoncharacter(rune.Value))
                return "A nick has to be of characters.";
            if (rune.Value == BlackFlag)
                length += TagsAt(nick.AsSpan(i + length));
            else if (Hides(rune))
                return "A nick cannot have control characters.";
            i += length - 1;
        }

        return Characters.IsBlank(FirstVisible(nick.EnumerateRunes())) || Characters.IsBlank(FirstVisible(nick.EnumerateRunes().Reverse())) ? "A nick cannot begin or end with white space." : null;
    }

    /// <summary>
    /// Control characters, separators of lines, and what makes one nick look like another. Joiners and variation selectors are spelling in some scripts and build emoji: they are let in, and
    /// no nick differs from another by them.
    /// </summary>
    private static bool Hides(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner),
        UnicodeCategory.OtherNotAssigned => Characters.IsIgnorable(rune),
        _ => Characters.IsFiller(rune.Value),
    };

    /// <summary>The length of the tags at the beginning of a text, where they are those of a flag.</summary>
    private static int TagsAt(ReadOnlySpan<char> text)
    {
        foreach (var tags in _flags)
        {
            if (text.StartsWith(tags))
                return tags.Length;
        }

        return 0;
    }

    private static Rune FirstVisible(IEnumerable<Rune> runes) => runes.FirstOrDefault(static rune => !Characters.IsIgnorable(rune));

    private static string Tags(string ascii) => string.Concat(ascii.Select(static letter => char.ConvertFromUtf32(Characters.FirstTag + letter))) + char.ConvertFromUtf32(Characters.LastTag);
}

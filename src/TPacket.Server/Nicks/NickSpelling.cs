using System.Buffers;
using System.Globalization;
using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>Validates the characters of a nick. Pure; accepts any string.</summary>
internal static class NickSpelling
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;

    // The recommended emoji tag sequences (UTS #51, section C.1). Fonts show any other sequence as the flag without its tags.
    private static readonly string[] _flags = [Tags("gbeng"), Tags("gbsct"), Tags("gbwls")];

    /// <summary>Validates a nick.</summary>
    /// <returns>The error for the user; null if the nick is valid.</returns>
    public static string? Validate(string nick)
    {
        if (!Characters.IsVisible(nick))
            return "A nick cannot be empty.";
        for (var i = 0; i < nick.Length; i++)
        {
            if (Rune.DecodeFromUtf16(nick.AsSpan(i), out var rune, out var length) != OperationStatus.Done || Characters.IsNoncharacter(rune.Value))
                return "A nick must consist of valid characters.";
            if (rune.Value == BlackFlag)
                length += TagsAt(nick.AsSpan(i + length));
            else if (Hides(rune))
                return "A nick cannot have control characters.";
            i += length - 1;
        }

        return Characters.IsBlank(FirstVisible(nick.EnumerateRunes())) || Characters.IsBlank(FirstVisible(nick.EnumerateRunes().Reverse())) ? "A nick cannot begin or end with white space." : null;
    }

    /// <summary>
    /// Returns whether a character is a control character, a line separator, or an invisible character that would make nicks look alike.
    /// Joiners and variation selectors are allowed, because some scripts and emoji need them; they are ignored when nicks are compared.
    /// </summary>
    private static bool Hides(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner),
        UnicodeCategory.OtherNotAssigned => Characters.IsIgnorable(rune),
        _ => Characters.IsFiller(rune.Value),
    };

    /// <summary>Returns the length of a recommended tag sequence at the beginning of a text; 0 if there is none.</summary>
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

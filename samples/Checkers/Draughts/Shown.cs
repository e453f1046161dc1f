namespace Checkers.Draughts;

/// <summary>Text of a file as a message may show it: short, and without characters that control a terminal.</summary>
internal static class Shown
{
    private const int MaxLength = 40;

    /// <summary>Shortens a text, and replaces what a terminal would not print.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        var isCut = text.Length > MaxLength;
        var shown = (isCut ? text[..MaxLength] : text).ToArray();
        for (var i = 0; i < shown.Length; i++)
        {
            if (shown[i] is < ' ' or > '~')
                shown[i] = '?';
        }

        return isCut ? new string(shown) + "..." : new string(shown);
    }
}

namespace Checkers.Draughts;

/// <summary>Prepares text of a file for messages.</summary>
internal static class Shown
{
    private const int MaxLength = 40;

    /// <summary>Shortens a text and replaces control characters.</summary>
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

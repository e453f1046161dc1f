using System.Globalization;

namespace TPacket.Tool.Commands;

/// <summary>Parses ranges of commands.</summary>
internal static class CommandRange
{
    /// <summary>Parses <c>256</c> or <c>256-260</c>.</summary>
    public static (int First, int Last) Parse(string text, Action<string> addError)
    {
        var parts = text.Split('-');
        if (parts.Length <= 2 && TryParse(parts[0], out var first) && TryParse(parts[^1], out var last) && first <= last)
            return (first, last);
        addError("--accept must be a command from 10 up, or a range such as 256-260.");
        return default;
    }

    private static bool TryParse(string digits, out int command) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out command) && command >= 10;
}

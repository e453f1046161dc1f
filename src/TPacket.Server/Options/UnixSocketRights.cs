namespace TPacket.Server.Options;

/// <summary>What the mode of a Unix domain socket's file means: the nine rights as <c>chmod</c> has them, in octal.</summary>
internal static class UnixSocketRights
{
    /// <summary>The rights of an option that was validated.</summary>
    public static UnixFileMode Parse(string text) => TryParse(text, out var mode) ? mode : throw new FormatException($"'{text}' is no mode of a file.");

    /// <summary>Reads three octal digits, with or without a zero in front.</summary>
    public static bool TryParse(string? text, out UnixFileMode mode)
    {
        mode = UnixFileMode.None;
        if (text is not { Length: 3 or 4 } || (text.Length == 4 && text[0] != '0') || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }
}

namespace TPacket.Server.Options;

/// <summary>Parses the permissions of a Unix domain socket's file, as octal digits like those of <c>chmod</c>.</summary>
internal static class UnixSocketRights
{
    /// <summary>Returns the permissions of a validated option.</summary>
    public static UnixFileMode Parse(string text) => TryParse(text, out var mode) ? mode : throw new FormatException($"'{text}' is not a file mode.");

    /// <summary>Parses three octal digits with an optional leading zero.</summary>
    public static bool TryParse(string? text, out UnixFileMode mode)
    {
        mode = UnixFileMode.None;
        if (text is not { Length: 3 or 4 } || (text.Length == 4 && text[0] != '0') || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }
}

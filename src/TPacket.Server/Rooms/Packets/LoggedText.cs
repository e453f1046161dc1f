namespace TPacket.Server.Rooms.Packets;

/// <summary>Encodes the data of a LOGGED_MSG: <c>nick: text</c>, cut at a character if it is too long.</summary>
internal static class LoggedText
{
    private static ReadOnlySpan<byte> Separator => ": "u8;

    /// <summary>Returns the length in bytes of the uncut data.</summary>
    public static int Length(in RoomEvent roomEvent) => roomEvent.HistorySize;

    /// <summary>Writes the data.</summary>
    /// <param name="destination">The buffer. Its length is the limit or the length of the uncut data, whichever is less.</param>
    /// <param name="roomEvent">A message or announcement.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, in RoomEvent roomEvent)
    {
        var rest = destination;
        var whole = roomEvent.Member is null || (TryAppend(ref rest, roomEvent.Member.NickUtf8) && TryAppend(ref rest, Separator));
        if (whole)
            TryAppend(ref rest, roomEvent.Data.Span);
        return destination.Length - rest.Length;
    }

    /// <summary>Returns the longest prefix of a UTF-8 text that has at most a number of bytes and ends with a whole character.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes)
            return text;
        var length = maxBytes;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
            length--;
        return text[..length];
    }

    private static bool TryAppend(ref Span<byte> rest, ReadOnlySpan<byte> text)
    {
        var fits = Cut(text, rest.Length);
        fits.CopyTo(rest);
        rest = rest[fits.Length..];
        return fits.Length == text.Length;
    }
}

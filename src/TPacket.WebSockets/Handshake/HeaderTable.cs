using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>The header lines of a valid head, in order. Immutable. It keeps the head's bytes and parses them again for each access.</summary>
/// <param name="head">The head, including the line break of its last line.</param>
/// <param name="start">Index of the first header line.</param>
internal readonly struct HeaderTable(byte[] head, int start)
{
    public IEnumerable<KeyValuePair<string, string>> All
    {
        get
        {
            var (bytes, position) = (head, start);
            while (TryReadNext(bytes, ref position, out var line))
                yield return new KeyValuePair<string, string>(TextAt(bytes, line.Name), TextAt(bytes, line.Value));
        }
    }

    /// <summary>Returns the value of a header, or null. The values of a repeated header are joined with commas.</summary>
    public string? Find(string name)
    {
        string? joined = null;
        var position = start;
        while (TryReadNext(head, ref position, out var line))
        {
            if (Ascii.EqualsIgnoreCase(head.AsSpan(line.Name), name))
                joined = joined is null ? TextAt(head, line.Value) : $"{joined}, {TextAt(head, line.Value)}";
        }

        return joined;
    }

    /// <summary>Returns a part of the head as text.</summary>
    public string Text(Range range) => TextAt(head, range);

    /// <summary>Returns a part of the head as bytes.</summary>
    public ReadOnlySpan<byte> Bytes(Range range) => head.AsSpan(range);

    private static string TextAt(byte[] head, Range range) => Encoding.Latin1.GetString(head.AsSpan(range));

    private static bool TryReadNext(byte[] head, ref int position, out HeaderLine line)
    {
        line = default;
        var (from, length) = (position, head.AsSpan(position).IndexOf("\r\n"u8));
        if (length < 0)
            return false;
        position += length + 2;
        return HttpGrammar.TryReadHeader(head, from, from + length, out line);
    }
}

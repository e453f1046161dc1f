using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>The header lines of a head that was read, in their order. Immutable; the head is kept as it came, and looked through again when somebody asks.</summary>
/// <param name="head">The head, with the line break of its last line.</param>
/// <param name="start">Where the first header line begins.</param>
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

    /// <summary>The value of a header; of a repeated one, the values joined with a comma; null where there is none.</summary>
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

    /// <summary>A part of the head.</summary>
    public string Text(Range range) => TextAt(head, range);

    /// <summary>A part of the head, as it came.</summary>
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

using System.Globalization;
using System.Text;

namespace TPacket.Tool.Load;

/// <summary>The text of a load's message: the client, the number of the message and its time, as digits, so that it is UTF-8.</summary>
internal readonly record struct LoadMessage(int Client, int Number, long SentAt)
{
    /// <summary>The fewest bytes that a text has.</summary>
    public const int MinSize = 35;

    /// <summary>Writes the text; the rest of it is filled.</summary>
    public void Write(Span<byte> text)
    {
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Client:D6}{Number:D10}{SentAt:D19}"), text);
        text[MinSize..].Fill((byte)'x');
    }

    /// <summary>Reads a text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out LoadMessage message)
    {
        message = default;
        if (text.Length < MinSize
            || !int.TryParse(text[..6], NumberStyles.None, CultureInfo.InvariantCulture, out var client)
            || !int.TryParse(text[6..16], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(text[16..MinSize], NumberStyles.None, CultureInfo.InvariantCulture, out var sentAt))
        {
            return false;
        }

        message = new LoadMessage(client, number, sentAt);
        return true;
    }
}

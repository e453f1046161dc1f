using System.Globalization;
using System.Text;

namespace TPacket.Tool.Load;

/// <summary>The text of a load's message: the client, the number of the message and its time, as digits.</summary>
internal readonly record struct LoadMessage(int Client, int Number, long SentAt)
{
    /// <summary>The minimum size of a text in bytes.</summary>
    public const int MinSize = 35;

    /// <summary>Writes the text and fills the rest of the buffer.</summary>
    public void Write(Span<byte> text)
    {
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Client:D6}{Number:D10}{SentAt:D19}"), text);
        text[MinSize..].Fill((byte)'x');
    }

    /// <summary>Parses a text.</summary>
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

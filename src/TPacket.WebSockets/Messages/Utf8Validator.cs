using System.Text.Unicode;

namespace TPacket.WebSockets.Messages;

/// <summary>
/// Validates UTF-8 that arrives in pieces (RFC 3629, section 4), and fails with the first byte that no valid text can have there, even
/// when the character is not whole yet.
/// </summary>
internal struct Utf8Validator
{
    // The character that a piece ended within: how many bytes are missing, and the range that the next of them must be in.
    private byte _missing;
    private byte _low;
    private byte _high;

    /// <summary>Whether the text so far ends with a whole character.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Takes the next piece.</summary>
    /// <returns>False when the text cannot be valid any more, whatever follows.</returns>
    public bool Append(ReadOnlySpan<byte> piece)
    {
        while (_missing > 0 && !piece.IsEmpty)
        {
            if (!Continue(piece[0]))
                return false;
            piece = piece[1..];
        }

        // All but a character that is cut off at the end is judged at once.
        var cut = LengthOfCutCharacter(piece);
        if (!Utf8.IsValid(piece[..^cut]))
            return false;
        foreach (var next in piece[^cut..])
        {
            if (!(_missing == 0 ? Begin(next) : Continue(next)))
                return false;
        }

        return true;
    }

    /// <summary>How many bytes at the end begin a character and do not end it, 0 to 3.</summary>
    private static int LengthOfCutCharacter(ReadOnlySpan<byte> piece)
    {
        for (var back = 1; back <= 3 && back <= piece.Length; back++)
        {
            var next = piece[^back];
            if ((next & 0xC0) == 0x80)
                continue;
            var length = next >= 0xF0 ? 4 : next >= 0xE0 ? 3 : next >= 0xC0 ? 2 : 1;
            return length > back ? back : 0;
        }

        return 0;
    }

    private bool Begin(byte first)
    {
        (_missing, _low, _high) = first switch
        {
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            _ => default,
        };
        return _missing > 0;
    }

    private bool Continue(byte next)
    {
        if (next < _low || next > _high)
            return false;
        (_missing, _low, _high) = ((byte)(_missing - 1), 0x80, 0xBF);
        return true;
    }
}

using System.Text.Unicode;

namespace TPacket.WebSockets.Messages;

/// <summary>
/// Validates UTF-8 that arrives in pieces (RFC 3629, section 4). It fails with the first byte that no valid text can have at that position, even if the character is incomplete. A mutable struct: a
/// field that is never copied.
/// </summary>
internal struct Utf8Validator
{
    // The incomplete character at the end of the last piece: the number of missing bytes, and the range of the next byte.
    private byte _missing;
    private byte _low;
    private byte _high;

    /// <summary>Whether the text so far ends with a complete character.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Validates the next piece.</summary>
    /// <returns>False if the text is invalid, regardless of later pieces.</returns>
    public bool Append(ReadOnlySpan<byte> piece)
    {
        while (_missing > 0 && !piece.IsEmpty)
        {
            if (!Continue(piece[0]))
                return false;
            piece = piece[1..];
        }

        // Validates all but an incomplete character at the end by one call.
        var cut = LengthOfIncompleteCharacter(piece);
        if (!Utf8.IsValid(piece[..^cut]))
            return false;
        foreach (var next in piece[^cut..])
        {
            if (!(_missing == 0 ? Begin(next) : Continue(next)))
                return false;
        }

        return true;
    }

    /// <summary>Returns the length of an incomplete character at the end, 0 to 3 bytes.</summary>
    private static int LengthOfIncompleteCharacter(ReadOnlySpan<byte> piece)
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

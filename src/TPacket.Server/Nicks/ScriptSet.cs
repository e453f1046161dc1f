namespace TPacket.Server.Nicks;

/// <summary>
/// A set of scripts, with a bit per script. For a text: the scripts in which the whole text can be written (the resolved script set of UTS #39, section 5.1).
/// </summary>
internal readonly record struct ScriptSet(ulong Low, ulong Middle, ulong High)
{
    /// <summary>All scripts: the set of digits, punctuation and emoji.</summary>
    public static readonly ScriptSet All = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>Latin, which is the first bit in Unicode.bin.</summary>
    public static readonly ScriptSet Latin = new(1, 0, 0);

    /// <summary>Whether the set is empty: the text mixes scripts.</summary>
    public bool IsEmpty => (Low | Middle | High) == 0;

    public static ScriptSet operator &(ScriptSet left, ScriptSet right) => new(left.Low & right.Low, left.Middle & right.Middle, left.High & right.High);

    /// <summary>Returns the scripts of a text.</summary>
    public static ScriptSet Of(string text)
    {
        var set = All;
        foreach (var rune in text.EnumerateRunes())
            set &= rune.IsAscii ? OfAscii((char)rune.Value) : UnicodeTables.Instance.Scripts(rune.Value);
        return set;
    }

    private static ScriptSet OfAscii(char character) => char.IsAsciiLetter(character) ? Latin : All;
}

namespace TPacket.Server.Nicks;

/// <summary>A set of scripts, one bit each. Of a text: the scripts in which the whole of it can be written (UTS #39, section 5.1, the resolved script set).</summary>
internal readonly record struct ScriptSet(ulong Low, ulong Middle, ulong High)
{
    /// <summary>What digits, punctuation and emoji have, which belong to all scripts.</summary>
    public static readonly ScriptSet All = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>The first bit in Unicode.bin.</summary>
    public static readonly ScriptSet Latin = new(1, 0, 0);

    /// <summary>Whether no script has all characters: the text mixes scripts.</summary>
    public bool IsEmpty => (Low | Middle | High) == 0;

    public static ScriptSet operator &(ScriptSet left, ScriptSet right) => new(left.Low & right.Low, left.Middle & right.Middle, left.High & right.High);

    /// <summary>The scripts of a text.</summary>
    public static ScriptSet Of(string text)
    {
        var set = All;
        foreach (var rune in text.EnumerateRunes())
            set &= rune.IsAscii ? OfAscii((char)rune.Value) : UnicodeTables.Instance.Scripts(rune.Value);
        return set;
    }

    private static ScriptSet OfAscii(char character) => char.IsAsciiLetter(character) ? Latin : All;
}

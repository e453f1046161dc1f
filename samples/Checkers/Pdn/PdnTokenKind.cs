namespace Checkers.Pdn;

/// <summary>The kinds of tokens of a PDN file.</summary>
internal enum PdnTokenKind
{
    /// <summary>The end of the file.</summary>
    End,

    /// <summary>A tag of a header, with its name and its value.</summary>
    Tag,

    /// <summary>A move in numbers.</summary>
    Move,

    /// <summary>The number of a move, or dots in place of a move.</summary>
    Number,

    /// <summary>The result of a game, which ends it.</summary>
    Result,

    /// <summary>The asterisk between two games.</summary>
    Separator,

    /// <summary>A position within the moves: <c>/FEN "..."/</c>.</summary>
    Setup,

    /// <summary>The beginning of a variation.</summary>
    Open,

    /// <summary>The end of a variation.</summary>
    Close,

    /// <summary>Something that PDN does not have; the text says what.</summary>
    Fault,
}

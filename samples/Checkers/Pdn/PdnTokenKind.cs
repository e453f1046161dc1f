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

    /// <summary>The result, which ends a game.</summary>
    Result,

    /// <summary>The asterisk between two games.</summary>
    Separator,

    /// <summary>A position among the moves: <c>/FEN "..."/</c>.</summary>
    Setup,

    /// <summary>The beginning of a variation.</summary>
    Open,

    /// <summary>The end of a variation.</summary>
    Close,

    /// <summary>Invalid content. The text describes the fault.</summary>
    Fault,
}

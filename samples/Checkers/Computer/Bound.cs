namespace Checkers.Computer;

/// <summary>The relation of a score to the value of a position.</summary>
internal enum Bound : byte
{
    /// <summary>No score.</summary>
    None,

    /// <summary>The value is the score.</summary>
    Exact,

    /// <summary>The value is at least the score.</summary>
    Lower,

    /// <summary>The value is at most the score.</summary>
    Upper,
}

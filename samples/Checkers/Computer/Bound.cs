namespace Checkers.Computer;

/// <summary>How a score bounds the value of a position.</summary>
internal enum Bound : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The value is the score.</summary>
    Exact,

    /// <summary>The value is at least the score.</summary>
    Lower,

    /// <summary>The value is at most the score.</summary>
    Upper,
}

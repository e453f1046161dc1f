namespace Checkers.Pdn;

/// <summary>A token of a PDN file.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Line">The line of its first character, from 1.</param>
/// <param name="Column">The column of its first character, from 1.</param>
/// <param name="Text">Its text: the name of a tag, the move, the result, the position, or the description of a fault.</param>
/// <param name="Value">The value of a tag.</param>
internal readonly record struct PdnToken(PdnTokenKind Kind, long Line, long Column, string Text = "", string Value = "");

using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>A game of a PDN file, played to its end or to its first fault.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Position">The position behind the last legal move.</param>
/// <param name="Result">The result as the file has it: <c>1-0</c> is a win of Black, who moves first.</param>
/// <param name="Fault">What is wrong; null where all moves are legal.</param>
internal sealed record PdnGame(int Number, Position Position, string Result, PdnFault? Fault)
{
    /// <summary>The header, without what the program has no use for: <see cref="PdnReader.KeptTags"/>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The positions, the first one included, up to the end or the first fault.</summary>
    public IReadOnlyList<PdnBoard> Boards { get; init; } = [];
}

using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>A game of a PDN file, replayed to its end or its first fault.</summary>
/// <param name="Number">The game's number in the file, from 1.</param>
/// <param name="Position">The position after the last legal move.</param>
/// <param name="Result">The result in the file: <c>1-0</c> is a win of Black, who moves first.</param>
/// <param name="Fault">The first fault; null if there is none.</param>
internal sealed record PdnGame(int Number, Position Position, string Result, PdnFault? Fault)
{
    /// <summary>The tags of the header that the program uses: <see cref="PdnReader.KeptTags"/>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The positions from the first position to the end or the first fault.</summary>
    public IReadOnlyList<PdnBoard> Boards { get; init; } = [];
}

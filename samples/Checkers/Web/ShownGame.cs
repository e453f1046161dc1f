namespace Checkers.Web;

/// <summary>A game of a PDN file for the page.</summary>
/// <param name="Number">The game's number in the file.</param>
/// <param name="Tags">The tags of the game's header.</param>
/// <param name="Result">The result in the file.</param>
/// <param name="Boards">The boards, up to the end or the first fault.</param>
/// <param name="Fault">The first fault; null for none.</param>
internal sealed record ShownGame(int Number, IReadOnlyDictionary<string, string> Tags, string Result, ShownBoard[] Boards, string? Fault);

namespace Checkers.Web;

/// <summary>A game of a PDN file for the page.</summary>
/// <param name="Number">Its number in the file.</param>
/// <param name="Tags">Its header.</param>
/// <param name="Result">Its result.</param>
/// <param name="Boards">Its boards, up to its end or its first fault.</param>
/// <param name="Fault">The first fault; null for none.</param>
internal sealed record ShownGame(int Number, IReadOnlyDictionary<string, string> Tags, string Result, ShownBoard[] Boards, string? Fault);

namespace Checkers.Computer;

/// <summary>The limits of a search. A search always covers at least one half move.</summary>
/// <param name="Depth">The maximum depth in half moves.</param>
/// <param name="Time">The maximum time; zero for no limit.</param>
/// <param name="Nodes">The maximum number of visited positions; 0 for no limit. A search with only this limit gives the same move on every machine.</param>
internal readonly record struct SearchLimits(int Depth, TimeSpan Time = default, long Nodes = 0);

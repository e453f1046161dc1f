namespace Checkers.Computer;

/// <summary>When a search ends. It always looks one half move ahead.</summary>
/// <param name="Depth">How many half moves it looks ahead at most.</param>
/// <param name="Time">How long it takes at most; zero for as long as it needs.</param>
/// <param name="Nodes">How many positions it visits at most; 0 for any number. A search that only this ends gives the same move on every machine.</param>
internal readonly record struct SearchLimits(int Depth, TimeSpan Time = default, long Nodes = 0);

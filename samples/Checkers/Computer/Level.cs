namespace Checkers.Computer;

/// <summary>How well the computer plays.</summary>
/// <param name="Name">The name that commands and players use.</param>
/// <param name="Depth">How many half moves it looks ahead, captures not counted.</param>
/// <param name="Noise">By how much it may misjudge a move, in hundredths of a man.</param>
/// <param name="Slips">In how many of a hundred moves it plays any legal move.</param>
internal sealed record Level(string Name, int Depth, int Noise, int Slips)
{
    /// <summary>All levels, the weakest first.</summary>
    public static IReadOnlyList<Level> All { get; } =
    [
        new("beginner", Depth: 1, Noise: 150, Slips: 25),
        new("casual", Depth: 2, Noise: 60, Slips: 6),
        new("club", Depth: 5, Noise: 25, Slips: 0),
        new("strong", Depth: Search.MaxDepth, Noise: 0, Slips: 0),
    ];

    /// <summary>The strongest level.</summary>
    public static Level Strongest => All[^1];

    /// <summary>The level of a name; null for none.</summary>
    public static Level? Find(string name) => All.FirstOrDefault(level => level.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

namespace Checkers.Computer;

/// <summary>A level of the computer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Depth">The search depth in half moves, without captures.</param>
/// <param name="Noise">The maximum random error in the value of a move, in hundredths of a man.</param>
/// <param name="Slips">The percentage of random moves.</param>
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

    /// <summary>Finds a level by name; null if there is none.</summary>
    public static Level? Find(string name) => All.FirstOrDefault(level => level.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

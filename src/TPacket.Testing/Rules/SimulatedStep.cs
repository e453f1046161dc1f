namespace TPacket.Testing.Rules;

/// <summary>A step of a run: an action on a simulated room from outside.</summary>
/// <param name="Kind">The kind of step.</param>
/// <param name="Gap">The time since the previous step, in milliseconds.</param>
/// <param name="Actor">The index of the member or node, taken modulo the number of members or nodes.</param>
/// <param name="Seed">The seed of the step's random numbers.</param>
internal readonly record struct SimulatedStep(SimulatedStepKind Kind, long Gap, int Actor, int Seed)
{
    // The frequency of each kind in percent. All other steps are commands.
    private static readonly (SimulatedStepKind Kind, int Percent)[] _kinds =
    [
        (SimulatedStepKind.Repeat, 6), (SimulatedStepKind.Enter, 6), (SimulatedStepKind.Leave, 4), (SimulatedStepKind.Drop, 6), (SimulatedStepKind.Crash, 4), (SimulatedStepKind.ShortPause, 3),
        (SimulatedStepKind.LongPause, 3), (SimulatedStepKind.Reset, 4), (SimulatedStepKind.Checkpoint, 4), (SimulatedStepKind.Sleep, 4),
    ];

    /// <summary>Draws the steps of a run. The first steps let users enter.</summary>
    public static SimulatedStep[] Draw(Random random, int steps, int members)
    {
        var drawn = new SimulatedStep[steps];
        for (var i = 0; i < drawn.Length; i++)
        {
            var kind = i < members && i < steps / 2 ? SimulatedStepKind.Enter : DrawKind(random);
            long gap = random.Next(20) switch
            {
                < 10 => random.Next(10),
                < 17 => random.Next(300),
                < 19 => random.Next(5_000),
                _ => random.Next(60_000),
            };
            drawn[i] = new SimulatedStep(kind, gap, kind == SimulatedStepKind.Enter && i < members ? i : random.Next(1 << 20), random.Next());
        }

        return drawn;
    }

    private static SimulatedStepKind DrawKind(Random random)
    {
        var drawn = random.Next(100);
        foreach (var (kind, percent) in _kinds)
        {
            drawn -= percent;
            if (drawn < 0)
                return kind;
        }

        return SimulatedStepKind.Command;
    }
}

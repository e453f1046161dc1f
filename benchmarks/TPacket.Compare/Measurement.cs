namespace TPacket.Compare;

/// <summary>What a load has cost the server.</summary>
/// <param name="Cost">Processor time in µs for each message that a client has received.</param>
/// <param name="Rate">Messages a second that clients have received.</param>
/// <param name="Wrong">Messages that were lost, repeated, reordered or changed.</param>
/// <param name="Spread">How far the repetitions lie from their median at most, as a share of it.</param>
internal readonly record struct Measurement(double Cost, double Rate, long Wrong, double Spread = 0)
{
    /// <summary>The middle of several by cost; what was wrong in any counts.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> all)
    {
        var byCost = all.OrderBy(measurement => measurement.Cost).ToList();
        var median = byCost[byCost.Count / 2];
        var spread = Math.Max(byCost[^1].Cost - median.Cost, median.Cost - byCost[0].Cost) / median.Cost;
        return median with { Wrong = all.Sum(measurement => measurement.Wrong), Spread = spread };
    }
}

namespace TPacket.Compare;

/// <summary>What a load has cost the server.</summary>
/// <param name="Cost">Processor time in µs for each message that a client has received.</param>
/// <param name="Rate">Messages a second that clients have received.</param>
/// <param name="Wrong">Messages that were lost, repeated, reordered or changed.</param>
internal readonly record struct Measurement(double Cost, double Rate, long Wrong)
{
    /// <summary>The middle of several by cost; what was wrong in any counts.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> all)
    {
        var byCost = all.OrderBy(measurement => measurement.Cost).ToList();
        return byCost[byCost.Count / 2] with { Wrong = all.Sum(measurement => measurement.Wrong) };
    }
}

namespace TPacket.Compare;

/// <summary>The cost of a load for the server.</summary>
/// <param name="Cost">The processor time in µs per received message.</param>
/// <param name="Rate">The received messages per second.</param>
/// <param name="Wrong">The number of messages that were lost, repeated, reordered or changed.</param>
/// <param name="Spread">The maximum deviation of a repetition from the median, relative to the median.</param>
internal readonly record struct Measurement(double Cost, double Rate, long Wrong, double Spread = 0)
{
    /// <summary>Returns the median by cost, with the sum of all errors.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> all)
    {
        var byCost = all.OrderBy(measurement => measurement.Cost).ToList();
        var median = byCost[byCost.Count / 2];
        var spread = Math.Max(byCost[^1].Cost - median.Cost, median.Cost - byCost[0].Cost) / median.Cost;
        return median with { Wrong = all.Sum(measurement => measurement.Wrong), Spread = spread };
    }
}

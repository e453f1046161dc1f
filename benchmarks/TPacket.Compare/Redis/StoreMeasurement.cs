namespace TPacket.Compare.Redis;

/// <summary>The cost of appends at an even rate.</summary>
/// <param name="Node">The processor time of the node in µs per append.</param>
/// <param name="Redis">The processor time of Redis in µs per append.</param>
/// <param name="Allocated">The bytes allocated by the node per append.</param>
/// <param name="Rate">The appends per second.</param>
/// <param name="Median">The median duration in ms.</param>
/// <param name="Late">The 99th percentile of the duration in ms.</param>
internal readonly record struct StoreMeasurement(double Node, double Redis, double Allocated, double Rate, double Median, double Late);

namespace TPacket.Compare.Redis;

/// <summary>The cost of appends at an even rate.</summary>
/// <param name="Node">Processor time of the node in µs, for each append.</param>
/// <param name="Redis">Processor time of Redis in µs, for each append.</param>
/// <param name="Allocated">Bytes that the node has allocated, for each append.</param>
/// <param name="Rate">Appends a second.</param>
/// <param name="Median">How long half of the appends took at most, in ms.</param>
/// <param name="Late">How long 99 of 100 took at most, in ms.</param>
internal readonly record struct StoreMeasurement(double Node, double Redis, double Allocated, double Rate, double Median, double Late);

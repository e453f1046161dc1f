namespace TPacket.Compare.Redis;

/// <summary>The cost of messages at an even rate.</summary>
/// <param name="Delivery">The processor time of all nodes in µs per received message.</param>
/// <param name="Message">The processor time of Redis in µs per sent message.</param>
/// <param name="Rate">The sent messages per second.</param>
/// <param name="Median">The median delay of deliveries in ms.</param>
/// <param name="Late">The 99th percentile of the delay in ms.</param>
/// <param name="Wrong">The number of messages that were lost, repeated, reordered or changed.</param>
internal readonly record struct PacedMeasurement(double Delivery, double Message, double Rate, double Median, double Late, long Wrong);

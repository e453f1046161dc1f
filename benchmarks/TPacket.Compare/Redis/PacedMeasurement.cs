namespace TPacket.Compare.Redis;

/// <summary>The cost of messages at an even rate.</summary>
/// <param name="Delivery">Processor time of all nodes in µs, for each message that a client has received.</param>
/// <param name="Message">Processor time of Redis in µs, for each message that was said.</param>
/// <param name="Rate">Messages a second that were said.</param>
/// <param name="Median">How long half of the deliveries took at most, in ms.</param>
/// <param name="Late">How long 99 of 100 deliveries took at most, in ms.</param>
/// <param name="Wrong">Messages that were lost, repeated, reordered or changed.</param>
internal readonly record struct PacedMeasurement(double Delivery, double Message, double Rate, double Median, double Late, long Wrong);

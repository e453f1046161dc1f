namespace TPacket.Server.Stores.Logs;

/// <summary>The parts of a remembered request that usually increase with each request.</summary>
/// <param name="Number">The request's number.</param>
/// <param name="Offset">The offset of its last event.</param>
/// <param name="Time">The time of its events.</param>
internal readonly record struct RequestPlace(long Number, long Offset, long Time);

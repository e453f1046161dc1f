namespace TPacket.Games;

/// <summary>A move of a game.</summary>
/// <typeparam name="TMove">The type of the moves.</typeparam>
/// <param name="Seat">The seat that has moved.</param>
/// <param name="Move">The move.</param>
/// <param name="Time">The time of the move by the log's clock, in milliseconds since the Unix epoch.</param>
public readonly record struct PlayedMove<TMove>(int Seat, TMove Move, long Time);

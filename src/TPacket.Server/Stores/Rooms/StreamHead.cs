namespace TPacket.Server;

/// <summary>The last event of a stream of a log.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">The event's offset, or <see cref="RoomPosition.NoEvent"/> if the stream has no events.</param>
/// <param name="Check">The event's check; 0 if the stream has no events.</param>
public readonly record struct StreamHead(RoomStream Stream, long Offset, ulong Check);

namespace TPacket.Server;

/// <summary>The last event of one stream of a log.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">The event's offset, or <see cref="RoomPosition.NoEvent"/> where the stream has none.</param>
/// <param name="Check">The event's check; 0 where the stream has none.</param>
public readonly record struct StreamHead(RoomStream Stream, long Offset, ulong Check);

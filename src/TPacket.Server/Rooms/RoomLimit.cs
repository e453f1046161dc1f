using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Rooms;

/// <summary>The limit of the packets that a room handles for its members. Immutable; shared by all rooms of a server.</summary>
internal sealed class RoomLimit
{
    private readonly TimeProvider _timeProvider;

    private RoomLimit(TPacketServerOptions options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        Rate = RateLimit.Create(options.RoomPacketsPerSecond, options.RoomPacketBurst, timeProvider.TimestampFrequency);
    }

    public RateLimit Rate { get; }

    public long Now => _timeProvider.GetTimestamp();

    public static RoomLimit? Create(TPacketServerOptions options, TimeProvider timeProvider) =>
        options.RoomPacketsPerSecond == 0 ? null : new RoomLimit(options, timeProvider);

    /// <summary>Returns the number of the window of a timestamp. A window lasts as long as an empty bucket takes to fill.</summary>
    public ushort WindowOf(long timestamp) => (ushort)(timestamp / Rate.Depth);
}

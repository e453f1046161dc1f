using TPacket.WebSockets;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Limits;

/// <summary>The limit of each client's packets, and of the time for which a client may exceed the limit. Immutable.</summary>
internal sealed class PacketLimit
{
    // The share of the burst that is taken with one reading of the clock.
    private const int ChunkShare = 8;
    private const int LargestChunk = 32;

    // The unit in which the time of excess is measured: 32 bits of steps last for eight years.
    private const int StepsPerSecond = 16;

    private readonly Heartbeat _heartbeat;
    private readonly TimeProvider _timeProvider;
    private readonly long _step;

    private PacketLimit(TPacketServerOptions options, Heartbeat heartbeat, TimeProvider timeProvider)
    {
        _heartbeat = heartbeat;
        _timeProvider = timeProvider;
        _step = timeProvider.TimestampFrequency / StepsPerSecond;
        Rate = RateLimit.Create(options.PacketsPerSecond, options.PacketBurst, timeProvider.TimestampFrequency);
        Chunk = Math.Clamp(options.PacketBurst / ChunkShare, 1, LargestChunk);
        var timeout = options.RateLimitTimeout.TotalSeconds;
        Timeout = Steps(timeout);
        // After a pause as long as its bucket takes to fill, a client restarts at zero, so that bursts of a well-behaved client never add up.
        // The lower bound keeps a small bucket from making the pause too short; the upper bound keeps a slow bucket from making it longer than the timeout.
        Break = Steps(Math.Clamp((double)options.PacketBurst / options.PacketsPerSecond, timeout / 4, timeout / 2));
    }

    public RateLimit Rate { get; }

    /// <summary>The number of tokens that are taken at once.</summary>
    public int Chunk { get; }

    /// <summary>The number of steps of excess after which the connection is closed.</summary>
    public uint Timeout { get; }

    /// <summary>The number of steps without a refused packet after which the time of excess restarts at zero.</summary>
    public uint Break { get; }

    public long Now => _timeProvider.GetTimestamp();

    /// <summary>A number that changes with each heartbeat. Reading it costs no call of the clock.</summary>
    public ushort Beat => (ushort)_heartbeat.Now;

    public static PacketLimit? Create(TPacketServerOptions options, Heartbeat heartbeat, TimeProvider timeProvider) =>
        options.PacketsPerSecond == 0 ? null : new PacketLimit(options, heartbeat, timeProvider);

    /// <summary>Returns the step of a timestamp, which is never 0.</summary>
    public uint StepOf(long timestamp) => (uint)Math.Max(1, timestamp / _step);

    private static uint Steps(double seconds) => (uint)Math.Ceiling(seconds * StepsPerSecond);
}

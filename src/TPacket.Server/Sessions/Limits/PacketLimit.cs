using TPacket.WebSockets;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Limits;

/// <summary>How many packets each client of a server may send, and for how long a client may go on sending more. Immutable.</summary>
internal sealed class PacketLimit
{
    // A share of the burst that is taken with one look at the clock.
    private const int ChunkShare = 8;
    private const int LargestChunk = 32;

    // Steps that how long a client goes on is measured in: 32 bits of them last for eight years.
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
        // A client that has paused for as long as its bucket takes to fill has paid for what it sent, so that bursts of an honest client never add up. The bounds keep a small bucket from making
        // the pause too short, and a slow one from making it longer than the client may go on.
        Break = Steps(Math.Clamp((double)options.PacketBurst / options.PacketsPerSecond, timeout / 4, timeout / 2));
    }

    public RateLimit Rate { get; }

    /// <summary>How many tokens are taken at once.</summary>
    public int Chunk { get; }

    /// <summary>For how many steps packets may be refused before the client is closed.</summary>
    public uint Timeout { get; }

    /// <summary>After how many steps without a refused packet that time starts anew.</summary>
    public uint Break { get; }

    public long Now => _timeProvider.GetTimestamp();

    /// <summary>Changes with each heartbeat; free to read.</summary>
    public ushort Beat => (ushort)_heartbeat.Now;

    public static PacketLimit? Create(TPacketServerOptions options, Heartbeat heartbeat, TimeProvider timeProvider) =>
        options.PacketsPerSecond == 0 ? null : new PacketLimit(options, heartbeat, timeProvider);

    /// <summary>The step that a timestamp lies in; 0 stands for never.</summary>
    public uint StepOf(long timestamp) => (uint)Math.Max(1, timestamp / _step);

    private static uint Steps(double seconds) => (uint)Math.Ceiling(seconds * StepsPerSecond);
}

using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TPacket.Server.Redis;

/// <summary>The settings as scripts take them.</summary>
internal sealed class StoreSettings
{
    private const int LeastCountWithSlack = 1000;
    private const int SlackParts = 16;

    public StoreSettings(IOptions<RedisOptions> options, IOptions<TPacketServerOptions> server)
    {
        Options = options.Value;
        HistoryMessages = server.Value.HistoryMessages;
        HistoryBytes = server.Value.HistoryBytes;
        StoreTimeout = server.Value.StoreTimeout;
        var count = Math.Max(Options.RetentionMessages, HistoryMessages);
        var bytes = (long)Math.Max(Options.RetentionBytes, HistoryBytes);
        // Long logs are cut a stretch at a time, which costs less than an event at a time.
        var slack = count >= LeastCountWithSlack ? SlackParts : 0;
        Retention = [count, count + (slack == 0 ? 0 : count / slack), bytes, bytes + (slack == 0 ? 0 : bytes / slack), Text(Options.RetentionPeriod)];
    }

    public RedisOptions Options { get; }

    public int HistoryMessages { get; }

    public int HistoryBytes { get; }

    public TimeSpan StoreTimeout { get; }

    /// <summary>How many events a log keeps and from how many on it is cut, the same for bytes, and for how many milliseconds.</summary>
    public RedisValue[] Retention { get; }

    public RedisValue RetentionPeriod => Retention[4];

    public RedisValue NodeLease => Text(Options.NodeLease);

    /// <summary>How long after its last renewal a node serves.</summary>
    public TimeSpan ServingTime => Options.NodeLease * 5 / 6;

    /// <summary>How long a probe of the connection for notifications may take.</summary>
    public TimeSpan ProbeTimeout => Options.SweepPeriod * 3;

    private static string Text(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

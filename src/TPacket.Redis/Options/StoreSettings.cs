using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Options;

/// <summary>The settings, in the form in which scripts expect them.</summary>
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
        // Trimming a long log in batches costs less than trimming it with each append.
        var slack = count >= LeastCountWithSlack ? SlackParts : 0;
        Retention = [count, count + (slack == 0 ? 0 : count / slack), bytes, bytes + (slack == 0 ? 0 : bytes / slack), Text(Options.RetentionPeriod)];
    }

    public RedisOptions Options { get; }

    public int HistoryMessages { get; }

    public int HistoryBytes { get; }

    public TimeSpan StoreTimeout { get; }

    /// <summary>
    /// The number of events that a log keeps, the number above which it is trimmed, the same two for bytes, and the retention period in milliseconds.
    /// </summary>
    public RedisValue[] Retention { get; }

    public RedisValue RetentionPeriod => Retention[4];

    public RedisValue NodeLease => Text(Options.NodeLease);

    /// <summary>The time for which a node serves after its last renewal.</summary>
    public TimeSpan ServingTime => Options.NodeLease * 5 / 6;

    /// <summary>The deadline of a probe of the connection for notifications.</summary>
    public TimeSpan ProbeTimeout => Options.SweepPeriod * 3;

    private static string Text(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

namespace TPacket.Server;

/// <summary>
/// The settings of rooms on Redis, in code or in the configuration section <c>TPacket:Redis</c>. Validated at start; docs/configuration.md has every setting with its unit and range.
/// </summary>
public sealed class RedisOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "TPacket:Redis";

    /// <summary>The servers, as a configuration string of StackExchange.Redis, such as <c>host:6379</c>; credentials, TLS and the name of a Sentinel's service are part of it. No default.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>The prefix of all keys and channels. Servers with the same prefix share their rooms. Default: <c>tpacket</c>.</summary>
    public string KeyPrefix { get; set; } = "tpacket";

    /// <summary>How long a node that does not renew its lease keeps what it holds. Default: 6 s.</summary>
    public TimeSpan NodeLease { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>How often a node renews its lease. It serves until five sixths of the lease have passed without a renewal. Default: 2 s.</summary>
    public TimeSpan RenewalPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a node looks for events that it was not notified of, and for nodes whose lease is over. Default: 1 s.</summary>
    public TimeSpan SweepPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most notifications of a partition that wait to be delivered; beyond that they are dropped and the events are read from the log. Default: 16,384.</summary>
    public int QueueMessages { get; set; } = 16_384;

    /// <summary>
    /// How long a node waits after a delivery before the next one of the same partition, so that each member gets one write for all events of that time. It saves processor time in rooms where many talk, and delays events by so
    /// much at most; 0 delivers each event at once. Default: 0.
    /// </summary>
    public TimeSpan DeliveryInterval { get; set; }

    /// <summary>How many messages and announcements a room's log keeps, and how many other events; never fewer than <see cref="TPacketServerOptions.HistoryMessages"/>. Default: 1,000.</summary>
    public int RetentionMessages { get; set; } = 1_000;

    /// <summary>How many bytes of messages and announcements a room's log keeps, and how many of other events' data; never fewer than <see cref="TPacketServerOptions.HistoryBytes"/>. Default: 1 MiB.</summary>
    public int RetentionBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a room's log keeps an event; 0 for no limit. A room that nobody has open is removed after this time. Default: 7 days.</summary>
    public TimeSpan RetentionPeriod { get; set; } = TimeSpan.FromDays(7);
}

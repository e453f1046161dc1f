namespace TPacket.Server;

/// <summary>
/// Options of rooms on Redis. They are bound to the configuration section <c>TPacket:Redis</c> and validated at start;
/// docs/configuration.md lists each with its unit and range.
/// </summary>
public sealed class RedisOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "TPacket:Redis";

    /// <summary>
    /// The servers, as a configuration string of StackExchange.Redis such as <c>host:6379</c>. It includes credentials, TLS and the service name of a Sentinel.
    /// Required.
    /// </summary>
    public string Configuration { get; set; } = "";

    /// <summary>
    /// The prefix of all keys and channels, up to 64 characters of ASCII. Servers with the same prefix share their rooms. Default: <c>tpacket</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = "tpacket";

    /// <summary>
    /// The duration of a node's lease. If a node does not renew its lease in this time, other nodes take over its members, sessions and nicks. Default: 6 s.
    /// </summary>
    public TimeSpan NodeLease { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// The interval at which a node renews its lease, at most a third of <see cref="NodeLease"/>.
    /// A node stops serving when five sixths of the lease have passed without a renewal. Default: 2 s.
    /// </summary>
    public TimeSpan RenewalPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The interval at which a node checks for events that it was not notified of, and for nodes with an expired lease. Default: 1 s.</summary>
    public TimeSpan SweepPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum number of queued notifications of a partition. If the queue is full, the node drops the queued notifications and reads their
    /// events from the log. Default: 16,384.
    /// </summary>
    public int QueueMessages { get; set; } = 16_384;

    /// <summary>
    /// The time that a node waits between two deliveries of the same partition, so that each member gets one write for all events of that time.
    /// The wait saves processor time in busy rooms, and delays each event by at most this time. With 0 the node delivers each event at once. Default: 0.
    /// </summary>
    public TimeSpan DeliveryInterval { get; set; }

    /// <summary>
    /// The number of messages and announcements that a room's log keeps. The same limit applies separately to all other events.
    /// Both are at least <see cref="TPacketServerOptions.HistoryMessages"/>. Default: 1,000.
    /// </summary>
    public int RetentionMessages { get; set; } = 1_000;

    /// <summary>
    /// The bytes of messages and announcements that a room's log keeps. The same limit applies separately to the data of all other events.
    /// Both are at least <see cref="TPacketServerOptions.HistoryBytes"/>. Default: 1 MiB.
    /// </summary>
    public int RetentionBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The time for which a room's log keeps an event; 0 for no limit. A room that no server has open expires after this time, unless it has members
    /// or unfinished rules. Default: 7 days.
    /// </summary>
    public TimeSpan RetentionPeriod { get; set; } = TimeSpan.FromDays(7);
}

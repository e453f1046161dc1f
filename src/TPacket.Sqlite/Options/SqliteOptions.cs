namespace TPacket.Server;

/// <summary>
/// The settings of rooms in a SQLite file, in code or in the configuration section <c>TPacket:Sqlite</c>. Validated at start; docs/configuration.md has every setting with its unit and range.
/// </summary>
public sealed class SqliteOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "TPacket:Sqlite";

    /// <summary>The file, which is created if it does not exist; its folder must exist on a local disk. Relative to the current directory. No default.</summary>
    public string Path { get; set; } = "";

    /// <summary>Which failures an acknowledged append survives. Default: <see cref="SqliteDurability.Process"/>.</summary>
    public SqliteDurability Durability { get; set; } = SqliteDurability.Process;

    /// <summary>How long one commit collects appends at most, while more arrive. Default: 2 ms.</summary>
    public TimeSpan CommitPeriod { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most operations that wait for the writer or for their delivery; the store rejects more. Default: 16,384.</summary>
    public int QueueOperations { get; set; } = 16_384;

    /// <summary>Most bytes of data in these operations; the store rejects more. Default: 64 MiB.</summary>
    public int QueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many messages and announcements a room's log keeps, and how many other events; never fewer than <see cref="TPacketServerOptions.HistoryMessages"/>. Default: 10,000.
    /// </summary>
    public int RetentionMessages { get; set; } = 10_000;

    /// <summary>
    /// How many bytes of messages and announcements a room's log keeps, and how many of other events' data; never fewer than <see cref="TPacketServerOptions.HistoryBytes"/>. Default: 16 MiB.
    /// </summary>
    public int RetentionBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a room's log keeps an event; 0 for no limit. A room whose events are all older is removed once nobody has it open. Default: 30 days.</summary>
    public TimeSpan RetentionPeriod { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How many pages of logs are read at the same time; each has a connection to the file. Default: 2.</summary>
    public int ReadConnections { get; set; } = 2;

    /// <summary>How long the writer waits for another program that has locked the file. Default: 2 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The writer moves commits from the write-ahead log into the file whenever the log has this many bytes more. Default: 16 MiB.</summary>
    public int CheckpointBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most bytes of the write-ahead log, which grows while another program reads the file for long; the store rejects appends beyond. Default: 1 GiB.</summary>
    public long MaxWalBytes { get; set; } = 1024L * 1024 * 1024;
}

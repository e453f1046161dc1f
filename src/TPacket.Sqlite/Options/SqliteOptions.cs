namespace TPacket.Server;

/// <summary>
/// Options of rooms in a SQLite file. They are bound to the configuration section <c>TPacket:Sqlite</c> and validated at start;
/// docs/configuration.md lists each with its unit and range.
/// </summary>
public sealed class SqliteOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "TPacket:Sqlite";

    /// <summary>
    /// The path of the file, absolute or relative to the current directory. The file is created if it does not exist; its folder must exist on a local disk.
    /// Required.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>The failures that an acknowledged append survives. Default: <see cref="SqliteDurability.Process"/>.</summary>
    public SqliteDurability Durability { get; set; } = SqliteDurability.Process;

    /// <summary>The maximum time for which a commit collects appends while more arrive. Default: 2 ms.</summary>
    public TimeSpan CommitPeriod { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// The maximum number of operations that wait for the writer or for their delivery. The store rejects further operations. Default: 16,384.
    /// </summary>
    public int QueueOperations { get; set; } = 16_384;

    /// <summary>The maximum bytes of data in these operations. The store rejects further operations. Default: 64 MiB.</summary>
    public int QueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The number of messages and announcements that a room's log keeps. The same limit applies separately to all other events.
    /// Both are at least <see cref="TPacketServerOptions.HistoryMessages"/>. Default: 10,000.
    /// </summary>
    public int RetentionMessages { get; set; } = 10_000;

    /// <summary>
    /// The bytes of messages and announcements that a room's log keeps. The same limit applies separately to the data of all other events.
    /// Both are at least <see cref="TPacketServerOptions.HistoryBytes"/>. Default: 16 MiB.
    /// </summary>
    public int RetentionBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The time for which a room's log keeps an event; 0 for no limit. The store removes a room that is not open and has only older events,
    /// unless its rules need them. Default: 30 days.
    /// </summary>
    public TimeSpan RetentionPeriod { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The maximum number of concurrent reads of logs. Each uses a connection to the file. Default: 2.</summary>
    public int ReadConnections { get; set; } = 2;

    /// <summary>The time for which the writer waits if another program has locked the file. Default: 2 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The bytes of commits in the write-ahead log from which on the writer moves the commits into the file. Default: 16 MiB.</summary>
    public int CheckpointBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The maximum size of the write-ahead log in bytes. The log grows while another program keeps a long read transaction open.
    /// The store rejects appends beyond this size. Default: 1 GiB.
    /// </summary>
    public long MaxWalBytes { get; set; } = 1024L * 1024 * 1024;
}

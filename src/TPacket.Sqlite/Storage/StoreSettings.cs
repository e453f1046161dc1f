using Microsoft.Extensions.Options;
using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>The settings of the store, including the server's settings that it needs.</summary>
internal sealed class StoreSettings(IOptions<SqliteOptions> options, IOptions<TPacketServerOptions> server)
{
    public SqliteOptions Options { get; } = options.Value;

    public int HistoryBytes { get; } = server.Value.HistoryBytes;

    public int HistoryMessages { get; } = server.Value.HistoryMessages;

    /// <summary>The limits of a room's events in each of the two tables.</summary>
    public Retention Retention { get; } = new(
        Math.Max(options.Value.RetentionMessages, server.Value.HistoryMessages),
        Math.Max(options.Value.RetentionBytes, server.Value.HistoryBytes),
        (long)options.Value.RetentionPeriod.TotalMilliseconds);
}

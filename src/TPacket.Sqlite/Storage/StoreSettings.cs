using Microsoft.Extensions.Options;
using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>The settings that the store works with: its own, and those of the server that bound them.</summary>
internal sealed class StoreSettings(IOptions<SqliteOptions> options, IOptions<TPacketServerOptions> server)
{
    public SqliteOptions Options { get; } = options.Value;

    public int HistoryBytes { get; } = server.Value.HistoryBytes;

    public int HistoryMessages { get; } = server.Value.HistoryMessages;

    /// <summary>How much a room keeps in each of its two tables.</summary>
    public Retention Retention { get; } = new(
        Math.Max(options.Value.RetentionMessages, server.Value.HistoryMessages),
        Math.Max(options.Value.RetentionBytes, server.Value.HistoryBytes),
        (long)options.Value.RetentionPeriod.TotalMilliseconds);
}

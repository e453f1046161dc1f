using System.Buffers;
using System.Text.Json;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>A page of bans and mutes, as LIST_BANS returns it.</summary>
/// <param name="Total">The number of all bans and mutes.</param>
/// <param name="Json">The entries of the page as a JSON array in UTF-8.</param>
internal sealed record BanPage(int Total, ReadOnlyMemory<byte> Json)
{
    private const int MaxEntries = 64;

    // The last entry of a page may exceed this length.
    private const int MaxBytes = 16 * 1024;

    /// <summary>Creates a page.</summary>
    /// <param name="entries">All bans and mutes, in any order.</param>
    /// <param name="skipped">The number of entries on previous pages.</param>
    public static BanPage Of(IReadOnlyList<Sanction> entries, int skipped)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            var count = 0;
            foreach (var entry in entries.OrderBy(static entry => entry.Kind).ThenBy(static entry => entry.Target, StringComparer.Ordinal).Skip(skipped))
            {
                if (count++ == MaxEntries || writer.BytesCommitted + writer.BytesPending > MaxBytes)
                    break;
                JsonSerializer.Serialize(writer, entry, BanPageJson.Default.Sanction);
            }

            writer.WriteEndArray();
        }

        return new BanPage(entries.Count, buffer.WrittenMemory);
    }
}

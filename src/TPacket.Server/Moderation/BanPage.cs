using System.Buffers;
using System.Text.Json;

namespace TPacket.Server.Moderation;

/// <summary>A page of the list of bans and mutes, as moderators receive it.</summary>
/// <param name="Total">How many bans and mutes there are.</param>
/// <param name="Json">An array of those on the page, in UTF-8.</param>
internal sealed record BanPage(int Total, ReadOnlyMemory<byte> Json)
{
    private const int MaxEntries = 64;

    // One entry may be longer.
    private const int MaxBytes = 16 * 1024;

    /// <summary>Writes a page.</summary>
    /// <param name="entries">All bans and mutes, in any order.</param>
    /// <param name="skipped">How many entries the pages before had.</param>
    public static BanPage Of(IReadOnlyList<ModerationEntry> entries, int skipped)
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
                JsonSerializer.Serialize(writer, entry, BanPageJson.Default.ModerationEntry);
            }

            writer.WriteEndArray();
        }

        return new BanPage(entries.Count, buffer.WrittenMemory);
    }
}

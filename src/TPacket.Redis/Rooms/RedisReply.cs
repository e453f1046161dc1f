using System.Globalization;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Rooms;

/// <summary>Decodes the replies of scripts.</summary>
internal static class RedisReply
{
    /// <summary>Returns the status, the first element of a reply.</summary>
    public static string Status(RedisResult reply) => (string)reply[0]!;

    public static long Number(RedisResult reply) => Number((string)reply!);

    public static long Number(ReadOnlySpan<char> digits) => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static ulong Hex(RedisResult reply) => Hex((string)reply!);

    public static ulong Hex(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Decodes a position from three elements: epoch, offset and check.</summary>
    public static RoomPosition Position(RedisResult reply, int first) => new(Hex(reply[first]), Number(reply[first + 1]), Hex(reply[first + 2]));

    /// <summary>Returns the position that all subscribers of a room have reached, as the script <c>heads</c> compares it; empty if they differ.</summary>
    public static RedisValue Head(RoomPosition[] reached) =>
        reached.Length > 0 && Array.TrueForAll(reached, position => position == reached[0])
            ? string.Create(CultureInfo.InvariantCulture, $"{reached[0].Epoch:x16} {reached[0].Offset} {reached[0].Check:x16}")
            : RedisValue.EmptyString;

    /// <summary>Decodes an offset and a check.</summary>
    public static (long Offset, ulong Check) Place(RedisResult reply)
    {
        var text = (string)reply!;
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        return (long.Parse(text.AsSpan(0, blank), CultureInfo.InvariantCulture), ulong.Parse(text.AsSpan(blank + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    /// <summary>Decodes the reply of the script <c>open</c>.</summary>
    public static RoomSnapshot Snapshot(RedisResult reply, int maxHistoryBytes)
    {
        var position = Position(reply, 1);
        var members = new RoomMember[reply[4].Length];
        for (var i = 0; i < members.Length; i++)
            members[i] = EventEntry.UnpackMember((byte[])reply[4][i]!);
        var streams = new StreamHead[reply[6].Length / 2];
        for (var i = 0; i < streams.Length; i++)
        {
            var (offset, check) = Place(reply[6][(2 * i) + 1]);
            streams[i] = new StreamHead((RoomStream)Number(reply[6][2 * i]), offset, check);
        }

        return new RoomSnapshot(position, members, History(reply[5], maxHistoryBytes), streams)
        {
            Rules = reply.Length > 8 ? Rules(reply, position.Epoch) : null,
            Downtime = reply.Length > 8 ? TimeSpan.FromMilliseconds(Number(reply[10])) : default,
        };
    }

    /// <summary>Decodes the reply of the script <c>read</c>. If the room does not exist, the page is gone.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="most">The maximum number of events.</param>
    /// <param name="isWhole">
    /// Whether a page without events ends at the end of the log, as in the mode <c>rules</c>, in which the script leaves out messages.
    /// </param>
    public static RoomPage Page(RedisResult reply, int most, bool isWhole = false)
    {
        if (Status(reply) == "none")
            return new RoomPage(true, default, []);
        var last = Position(reply, 1);
        if (Status(reply) == "gone")
            return new RoomPage(true, last, []);
        var events = Merge(reply[6], reply[7], most);
        var from = new RoomPosition(last.Epoch, Number(reply[4]), Hex(reply[5]));
        var behind = events.Length > 0 ? last with { Offset = events[^1].Offset, Check = events[^1].Check } : isWhole ? last : from;
        return new RoomPage(false, behind, events);
    }

    /// <summary>Merges the events of two logs by offset.</summary>
    private static RoomEvent[] Merge(RedisResult chat, RedisResult others, int most)
    {
        var merged = new RoomEvent[Math.Min(chat.Length + others.Length, most)];
        var (said, other) = (Next(chat, 0), Next(others, 0));
        for (int i = 0, inChat = 0, inOthers = 0; i < merged.Length; i++)
        {
            if (other is null || said?.Offset < other.Value.Offset)
            {
                merged[i] = said!.Value;
                said = Next(chat, ++inChat);
            }
            else
            {
                merged[i] = other.Value;
                other = Next(others, ++inOthers);
            }
        }

        return merged;
    }

    private static RoomEvent? Next(RedisResult entries, int index) => index == entries.Length ? null : EventEntry.Unpack((byte[])entries[index]!, out _);

    /// <summary>Decodes the latest messages within the bound, oldest first. Redis returns them newest first.</summary>
    private static List<RoomEvent> History(RedisResult entries, int maxBytes)
    {
        var history = new List<RoomEvent>(entries.Length);
        for (int i = 0, bytes = 0; i < entries.Length; i++)
        {
            var said = EventEntry.Unpack((byte[])entries[i]!, out _);
            bytes += said.HistorySize;
            if (bytes > maxBytes)
                break;
            history.Add(said);
        }

        history.Reverse();
        return history;
    }

    private static RulesBasis Rules(RedisResult reply, ulong epoch)
    {
        var named = EventEntry.Unpack((byte[])reply[7]!, out _);
        var (offset, check) = Place(reply[8]);
        return new RulesBasis(named, new RoomPosition(epoch, offset, check), (int)Number(reply[9]), reply.Length > 11 ? (ReadOnlyMemory<byte>?)(byte[])reply[11]! : null);
    }
}

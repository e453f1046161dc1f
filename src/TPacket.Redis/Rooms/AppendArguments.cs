using System.Globalization;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Rooms;

/// <summary>Converts an append to the arguments of its script. Copies all data.</summary>
internal static class AppendArguments
{
    private const int Fixed = 24;

    // All nodes use the same key, because they compare the hashes of one another's requests. No client sees a hash.
    private static readonly LogCheck _digests = new(0, 0);

    public static RedisValue[] Of(string node, byte[] room, string channels, in RoomAppend append, RedisValue[] retention, long downtime)
    {
        var streams = append.Condition?.Streams ?? [];
        var arguments = new RedisValue[Fixed + (3 * streams.Count) + 1 + (5 * append.Count)];
        (arguments[0], arguments[1], arguments[2]) = (node, room, channels);
        SetRequest(arguments.AsSpan(3), append);
        SetCondition(arguments.AsSpan(6), append.Condition);
        retention.CopyTo(arguments, 11);
        SetCheckpoint(arguments.AsSpan(16), append.Checkpoint);
        (arguments[21], arguments[22], arguments[23]) = (downtime, append.Condition?.MaxMembers ?? RedisValue.EmptyString, streams.Count);
        var next = Fixed;
        for (var i = 0; i < streams.Count; i++)
        {
            arguments[next++] = (int)streams[i].Stream;
            arguments[next++] = streams[i].Offset;
            arguments[next++] = EventEntry.Hex(streams[i].Check);
        }

        arguments[next++] = append.Count;
        for (var i = 0; i < append.Count; i++, next += 5)
            SetEvent(arguments.AsSpan(next), append[i]);
        return arguments;
    }

    private static void SetRequest(Span<RedisValue> arguments, in RoomAppend append)
    {
        if (append.Request.IsSet)
        {
            arguments[0] = EventEntry.AuthorHex(append.Request.Author);
            arguments[1] = append.Request.Number.ToString("D19", CultureInfo.InvariantCulture);
            arguments[2] = EventEntry.Hex(_digests.Digest(append));
        }
        else
        {
            arguments[..3].Fill(RedisValue.EmptyString);
        }
    }

    private static void SetCondition(Span<RedisValue> arguments, AppendCondition? condition)
    {
        arguments[..5].Fill(RedisValue.EmptyString);
        if (condition?.After is { } after)
            (arguments[0], arguments[1], arguments[2]) = (EventEntry.Hex(after.Epoch), after.Offset, EventEntry.Hex(after.Check));
        if (condition?.NotBefore is { } notBefore)
            arguments[3] = notBefore;
        if (condition?.NotAfter is { } notAfter)
            arguments[4] = notAfter;
    }

    private static void SetCheckpoint(Span<RedisValue> arguments, RulesCheckpoint? checkpoint)
    {
        arguments[..5].Fill(RedisValue.EmptyString);
        if (checkpoint is null)
            return;
        arguments[0] = checkpoint.State is null ? "c" : "s";
        if (checkpoint.WakeAt is { } wakeAt)
            arguments[1] = wakeAt;
        arguments[2] = checkpoint.IsFinished ? "1" : "0";
        arguments[3] = checkpoint.Version;
        if (checkpoint.State is { } state)
            arguments[4] = state.ToArray();
    }

    private static void SetEvent(Span<RedisValue> arguments, in RoomEvent roomEvent)
    {
        (arguments[0], arguments[1]) = ((int)roomEvent.Kind, (int)roomEvent.Stream);
        if (roomEvent.Member is { } member)
            (arguments[2], arguments[3]) = (member.Id, EventEntry.Pack(member));
        else
            arguments[2] = arguments[3] = RedisValue.EmptyString;
        arguments[4] = EventEntry.PackBody(roomEvent);
    }
}

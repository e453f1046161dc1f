using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>The keys of a room.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="NameUtf8">The room's name.</param>
/// <param name="State">Where the log ends, and what else there is one of.</param>
/// <param name="Members">The members.</param>
/// <param name="Chat">Messages and announcements.</param>
/// <param name="Others">All other events.</param>
/// <param name="Requests">The requests that are remembered.</param>
/// <param name="Authors">Authors of requests that are not members.</param>
/// <param name="Deleted">What is left of messages and announcements that were deleted.</param>
/// <param name="Nodes">The nodes that have the room open.</param>
/// <param name="Wakes">The partition's rooms whose rules want to be woken.</param>
/// <param name="Leases">The partition's leases.</param>
internal sealed record RoomKeys(
    int Partition, byte[] NameUtf8, RedisKey State, RedisKey Members, RedisKey Chat, RedisKey Others, RedisKey Requests, RedisKey Authors, RedisKey Deleted, RedisKey Nodes, RedisKey Wakes,
    RedisKey Leases)
{
    /// <summary>The keys of the script that appends.</summary>
    public RedisKey[] ForAppend { get; } = [State, Members, Chat, Others, Requests, Authors, Deleted, Nodes, Wakes, Leases];

    /// <summary>The keys of the script that reads.</summary>
    public RedisKey[] ForRead { get; } = [State, Chat, Others, Deleted];
}

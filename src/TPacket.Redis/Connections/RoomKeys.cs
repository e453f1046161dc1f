using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>The keys of a room.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="NameUtf8">The room's name in UTF-8.</param>
/// <param name="State">The end of the log and all other single values of the room.</param>
/// <param name="Members">The members.</param>
/// <param name="Chat">Messages and announcements.</param>
/// <param name="Others">The other events.</param>
/// <param name="Requests">The remembered requests.</param>
/// <param name="Authors">Authors of requests who are not members.</param>
/// <param name="Deleted">The remains of deleted messages and announcements.</param>
/// <param name="Nodes">The nodes that have the room open.</param>
/// <param name="Wakes">The partition's rooms with a wake time.</param>
/// <param name="Leases">The partition's leases.</param>
internal sealed record RoomKeys(
    int Partition, byte[] NameUtf8, RedisKey State, RedisKey Members, RedisKey Chat, RedisKey Others, RedisKey Requests, RedisKey Authors, RedisKey Deleted, RedisKey Nodes, RedisKey Wakes,
    RedisKey Leases)
{
    /// <summary>The keys of the script <c>append</c>, in its order.</summary>
    public RedisKey[] ForAppend { get; } = [State, Members, Chat, Others, Requests, Authors, Deleted, Nodes, Wakes, Leases];

    /// <summary>The keys of the script <c>read</c>, in its order.</summary>
    public RedisKey[] ForRead { get; } = [State, Chat, Others, Deleted];
}

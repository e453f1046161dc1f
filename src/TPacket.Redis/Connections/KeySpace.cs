using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>The names of keys and channels. All keys of a partition share a hash tag, so a cluster keeps them in one slot.</summary>
/// <param name="prefix">The prefix of all keys and channels.</param>
internal sealed class KeySpace(string prefix)
{
    /// <summary>The number of partitions of rooms. It is part of the layout: stores with different numbers cannot share data.</summary>
    public const int Partitions = 64;

    /// <summary>The partition of sessions, tokens, nicks and user ids. It has no rooms.</summary>
    public const int Shared = Partitions;

    private readonly string[] _tags = [.. Enumerable.Range(0, Partitions).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{{number}}}:")), $"{prefix}:{{s}}:"];

    /// <summary>Returns the partition of a room.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> roomUtf8)
    {
        var hash = new SipHash(0, 0);
        return (int)(hash.Finish(roomUtf8) % Partitions);
    }

    /// <summary>Returns a key of a partition.</summary>
    public RedisKey Key(int partition, string name) => _tags[partition] + name;

    /// <summary>Returns the key of the nodes' leases in a partition.</summary>
    public RedisKey Leases(int partition) => Key(partition, "nodes");

    /// <summary>Returns the keys of the scripts that acquire and renew a lease: the leases and, in the shared partition, the cluster's uptime.</summary>
    public RedisKey[] LeaseKeys(int partition) => partition == Shared ? [Leases(partition), Key(partition, "served")] : [Leases(partition)];

    /// <summary>The keys of sessions, in the order in which scripts expect them.</summary>
    public RedisKey[] Sessions => [Key(Shared, "sessions"), Key(Shared, "tokens"), Key(Shared, "owners"), Key(Shared, "absences"), Leases(Shared), Key(Shared, "served")];

    /// <summary>Returns the keys of nicks, in the order in which scripts expect them. The last key holds the node's nicks.</summary>
    public RedisKey[] Nicks(string node) => [Key(Shared, "nicks"), Key(Shared, "looks"), Leases(Shared), Key(Shared, "nicks:" + node)];

    /// <summary>The key of the next user id.</summary>
    public RedisKey UserIds => Key(Shared, "ids");

    /// <summary>The key of the replication id of the Redis that reserved the last ids.</summary>
    public RedisKey UserIdsReplicationId => Key(Shared, "ids-source");

    /// <summary>The prefix of the keys of each node's sessions.</summary>
    public string SessionsOfNodes => _tags[Shared] + "of:";

    /// <summary>Returns the key of a partition's rooms that a node has open or has members in.</summary>
    public RedisKey Holdings(int partition, string node) => Key(partition, "h:" + node);

    /// <summary>Returns the key of a partition's rooms with a wake time.</summary>
    public RedisKey Wakes(int partition) => Key(partition, "w");

    /// <summary>Returns the prefix of the nodes' channels in a partition.</summary>
    public string Channels(int partition) => _tags[partition] + "x:";

    /// <summary>Returns the keys of a room.</summary>
    public RoomKeys Room(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        var partition = PartitionOf(utf8);
        return new RoomKeys(
            partition, utf8, Key(partition, "r:" + name), Key(partition, "m:" + name), Key(partition, "c:" + name), Key(partition, "o:" + name), Key(partition, "q:" + name),
            Key(partition, "a:" + name), Key(partition, "d:" + name), Key(partition, "n:" + name), Wakes(partition), Leases(partition));
    }
}

using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>The names of keys and channels. All keys of a partition have one hash tag, so that they lie in one slot of a cluster.</summary>
/// <param name="prefix">What all of them begin with.</param>
internal sealed class KeySpace(string prefix)
{
    /// <summary>How many partitions rooms are spread over. Part of the layout: another number is another store.</summary>
    public const int Partitions = 64;

    /// <summary>The partition of sessions, tokens and user ids, which has no rooms.</summary>
    public const int Shared = Partitions;

    private readonly string[] _tags = [.. Enumerable.Range(0, Partitions).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{{number}}}:")), $"{prefix}:{{s}}:"];

    /// <summary>The partition of a room.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> roomUtf8)
    {
        var hash = new SipHash(0, 0);
        return (int)(hash.Finish(roomUtf8) % Partitions);
    }

    /// <summary>A key of a partition.</summary>
    public RedisKey Key(int partition, string name) => _tags[partition] + name;

    /// <summary>The leases of nodes in a partition.</summary>
    public RedisKey Leases(int partition) => Key(partition, "nodes");

    /// <summary>The keys of a renewal: the leases, and in the shared partition the time for which any node has served.</summary>
    public RedisKey[] LeaseKeys(int partition) => partition == Shared ? [Leases(partition), Key(partition, "served")] : [Leases(partition)];

    /// <summary>The keys of sessions, in the order in which scripts take them.</summary>
    public RedisKey[] Sessions => [Key(Shared, "sessions"), Key(Shared, "tokens"), Key(Shared, "owners"), Key(Shared, "absences"), Leases(Shared), Key(Shared, "served")];

    /// <summary>The keys of nicks, in the order in which scripts take them; the last one has those of a node.</summary>
    public RedisKey[] Nicks(string node) => [Key(Shared, "nicks"), Key(Shared, "looks"), Leases(Shared), Key(Shared, "nicks:" + node)];

    /// <summary>The next id of a user.</summary>
    public RedisKey UserIds => Key(Shared, "ids");

    /// <summary>The history of the Redis that the last ids were reserved in.</summary>
    public RedisKey UserIdsSource => Key(Shared, "ids-source");

    /// <summary>The prefix of the keys that hold the sessions of each node.</summary>
    public string SessionsOfNodes => _tags[Shared] + "of:";

    /// <summary>The rooms of a partition that a node has open.</summary>
    public RedisKey Holdings(int partition, string node) => Key(partition, "h:" + node);

    /// <summary>The rooms of a partition whose rules want to be woken.</summary>
    public RedisKey Wakes(int partition) => Key(partition, "w");

    /// <summary>The prefix of the channels of nodes in a partition.</summary>
    public string Channels(int partition) => _tags[partition] + "x:";

    /// <summary>The keys of a room, in the order in which scripts take them.</summary>
    public RoomKeys Room(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        var partition = PartitionOf(utf8);
        return new RoomKeys(
            partition, utf8, Key(partition, "r:" + name), Key(partition, "m:" + name), Key(partition, "c:" + name), Key(partition, "o:" + name), Key(partition, "q:" + name),
            Key(partition, "a:" + name), Key(partition, "d:" + name), Key(partition, "n:" + name), Wakes(partition), Leases(partition));
    }
}

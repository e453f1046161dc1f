using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Server.Sessions.Limits;

/// <summary>Counts connections by address, where there is a limit. Thread-safe.</summary>
internal sealed class AddressLimiter(int limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AddressKey, int> _counts = [];

    /// <summary>Most connections of one address; 0 for no limit.</summary>
    public int Limit => limit;

    /// <summary>What a peer is counted by; null for one without an IP address, as of a Unix domain socket, whom no limit of one address is for.</summary>
    public static AddressKey? Key(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
            : new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }

    public bool TryEnter(AddressKey? address)
    {
        if (limit == 0 || address is not { } key)
            return true;
        lock (_gate)
        {
            _counts.TryGetValue(key, out var count);
            if (count >= limit)
                return false;
            _counts[key] = count + 1;
            return true;
        }
    }

    public void Leave(AddressKey? address)
    {
        if (limit == 0 || address is not { } key)
            return;
        lock (_gate)
        {
            if (--_counts[key] == 0)
                _counts.Remove(key);
        }
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Server.Sessions.Limits;

/// <summary>Limits the connections of each address. Thread-safe.</summary>
internal sealed class AddressLimiter(int limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AddressKey, int> _counts = [];

    /// <summary>The maximum number of connections per address; 0 for no limit.</summary>
    public int Limit => limit;

    /// <summary>Returns the key of a peer; null for a peer without an IP address, such as a peer on a Unix domain socket. No limit applies to such peers.</summary>
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

    /// <summary>Counts one more connection of an address.</summary>
    /// <returns>False if the address has reached the limit.</returns>
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

    /// <summary>Counts one connection less of an address.</summary>
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

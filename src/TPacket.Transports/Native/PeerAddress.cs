using System.Net;

namespace TPacket.Transports.Native;

/// <summary>The address of a peer, stored for the life of its connection. An IPv4 address is stored without an object.</summary>
internal readonly struct PeerAddress
{
    private readonly EndPoint? _other;
    private readonly uint _address;
    private readonly ushort _port;
    private readonly bool _isIPv4;

    /// <summary>Stores an address of any kind, or null.</summary>
    public PeerAddress(EndPoint? endPoint) => _other = endPoint;

    /// <summary>Stores an IPv4 address.</summary>
    /// <param name="address">The four bytes of the address in their order in memory.</param>
    /// <param name="port">The port.</param>
    public PeerAddress(uint address, ushort port) => (_address, _port, _isIPv4) = (address, port, true);

    /// <summary>Returns the address, or null if the peer has none.</summary>
    public EndPoint? ToEndPoint() => _isIPv4 ? new IPEndPoint(_address, _port) : _other;
}

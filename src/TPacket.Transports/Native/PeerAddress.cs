using System.Net;

namespace TPacket.Transports.Native;

/// <summary>A peer's address as it is kept for as long as the connection lives: one of IPv4 without objects of its own.</summary>
internal readonly struct PeerAddress
{
    private readonly EndPoint? _other;
    private readonly uint _address;
    private readonly ushort _port;
    private readonly bool _isIPv4;

    /// <summary>Keeps an address of any kind, or none.</summary>
    public PeerAddress(EndPoint? endPoint) => _other = endPoint;

    /// <summary>Keeps an IPv4 address.</summary>
    /// <param name="address">Its four bytes as they lie in memory, the first one first.</param>
    /// <param name="port">The port.</param>
    public PeerAddress(uint address, ushort port) => (_address, _port, _isIPv4) = (address, port, true);

    /// <summary>The address; null where the peer has none.</summary>
    public EndPoint? ToEndPoint() => _isIPv4 ? new IPEndPoint(_address, _port) : _other;
}

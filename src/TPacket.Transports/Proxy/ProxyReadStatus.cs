namespace TPacket.Transports.Proxy;

/// <summary>The result of reading a PROXY header.</summary>
internal enum ProxyReadStatus
{
    /// <summary>The bytes are the beginning of a header. More bytes are needed.</summary>
    NeedMore,

    /// <summary>A whole header was read.</summary>
    Done,

    /// <summary>The bytes do not begin with a header.</summary>
    Missing,

    /// <summary>The header violates the protocol or is too long.</summary>
    Malformed,
}

namespace TPacket.Transports.Proxy;

/// <summary>What <see cref="ProxyHeaderReader"/> makes of the first bytes of a connection.</summary>
internal enum ProxyReadStatus
{
    /// <summary>They may become a header.</summary>
    NeedMore,

    /// <summary>They begin with a header.</summary>
    Done,

    /// <summary>They are something else.</summary>
    Missing,

    /// <summary>They are a header that breaks the protocol, or one that is too long.</summary>
    Malformed,
}

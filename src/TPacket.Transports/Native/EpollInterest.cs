namespace TPacket.Transports.Native;

/// <summary>The events for which epoll watches a descriptor and which it reports. The values are the kernel's.</summary>
[Flags]
internal enum EpollInterest : uint
{
    /// <summary>Only the events that are always reported.</summary>
    None = 0,

    /// <summary>Input, a connection to accept or the end of the stream.</summary>
    Readable = 0x1,

    /// <summary>Room for output.</summary>
    Writable = 0x4,

    /// <summary>An error. Always reported.</summary>
    Error = 0x8,

    /// <summary>Both directions have ended. Always reported.</summary>
    HungUp = 0x10,

    /// <summary>Wakes only one of the epoll instances that watch the descriptor.</summary>
    Exclusive = 1u << 28,
}

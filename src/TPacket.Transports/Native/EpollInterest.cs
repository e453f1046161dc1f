namespace TPacket.Transports.Native;

/// <summary>What epoll watches a descriptor for, and what it reports. The values are the kernel's.</summary>
[Flags]
internal enum EpollInterest : uint
{
    /// <summary>Nothing but what is always reported.</summary>
    None = 0,

    /// <summary>Input, a connection to accept, or the end of the stream.</summary>
    Readable = 0x1,

    /// <summary>Room for output.</summary>
    Writable = 0x4,

    /// <summary>An error; always reported.</summary>
    Error = 0x8,

    /// <summary>Both directions have ended; always reported.</summary>
    HungUp = 0x10,

    /// <summary>Of several epoll instances that watch the descriptor, wake one.</summary>
    Exclusive = 1u << 28,
}

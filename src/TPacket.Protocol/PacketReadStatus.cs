namespace TPacket.Protocol;

/// <summary>What a read of a packet came to. From <see cref="BadSignature"/> on, the peer broke the protocol and no further byte can mend it.</summary>
public enum PacketReadStatus
{
    /// <summary>A whole packet was read.</summary>
    Done,

    /// <summary>What is there is the beginning of a packet; more bytes are needed.</summary>
    NeedMore,

    /// <summary>The first four bytes are not the signature.</summary>
    BadSignature,

    /// <summary>The size is less than a header's, or negative.</summary>
    SizeTooSmall,

    /// <summary>The size is more than the limit.</summary>
    SizeTooLarge,

    /// <summary>The size is not the length of the message that carries the packet.</summary>
    SizeMismatch,

    /// <summary>The message that carries the packet is shorter than a header.</summary>
    Truncated,
}

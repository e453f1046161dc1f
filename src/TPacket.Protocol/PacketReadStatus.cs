namespace TPacket.Protocol;

/// <summary>
/// The result of reading a packet. <see cref="BadSignature"/> and all values after it mean that the peer has violated the protocol; more bytes do not help.
/// </summary>
public enum PacketReadStatus
{
    /// <summary>A whole packet was read.</summary>
    Done,

    /// <summary>The bytes are the beginning of a packet. More bytes are needed.</summary>
    NeedMore,

    /// <summary>The first four bytes are not the signature.</summary>
    BadSignature,

    /// <summary>The size is negative or less than <see cref="PacketHeader.Size"/>.</summary>
    SizeTooSmall,

    /// <summary>The size is greater than the caller's limit.</summary>
    SizeTooLarge,

    /// <summary>The size differs from the length of the message that contains the packet.</summary>
    SizeMismatch,

    /// <summary>The message that contains the packet is shorter than a header.</summary>
    Truncated,
}

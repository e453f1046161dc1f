using System.IO.Compression;

namespace TPacket.WebSockets;

/// <summary>
/// Options of message compression (permessage-deflate, RFC 7692): the parameters that an endpoint offers or accepts, and how it compresses. Immutable; one instance serves any number of connections.
/// </summary>
/// <remarks>
/// Compression can leak secrets: if an attacker chooses part of the compressed data, the compressed length reveals whether that part matches a secret in the same data (RFC 7692, section 8).
/// Without context takeover, the attacker's data and the secret have to be in the same message. With context takeover, they may be in different messages.
/// </remarks>
public sealed record DeflateOptions
{
    /// <summary>Size of the smallest window that can be negotiated: 8 bits, 256 bytes.</summary>
    public const int MinWindowBits = 8;

    /// <summary>Size of the largest window that can be negotiated: 15 bits, 32 KiB.</summary>
    public const int MaxWindowBits = 15;

    /// <summary>The defaults.</summary>
    public static DeflateOptions Default { get; } = new();

    /// <summary>
    /// Whether the server's compressor may refer to earlier messages (section 7.1.1.1). Small messages that resemble each other become much smaller. Each connection that sends then keeps a compressor
    /// in the server (340 KiB with 15 window bits, 220 KiB with 9) and a decompressor of 40 KiB in the client. A server of this library releases the compressor after
    /// <see cref="WebSocketOptions.PingAfterIdle"/> without a message. Without context takeover a connection holds no compressor between messages. Default: false.
    /// </summary>
    public bool ServerContextTakeover { get; init; }

    /// <summary>
    /// Whether the client's compressor may refer to earlier messages (section 7.1.1.2). Each connection then keeps a decompressor of 40 KiB in the server and a compressor in the client. Without
    /// context takeover a connection holds no decompressor between messages. Default: false.
    /// </summary>
    public bool ClientContextTakeover { get; init; }

    /// <summary>
    /// Largest window of the server's compressor in bits: the base-2 logarithm of its bytes (section 7.1.2.1). A client offers it as the upper bound. A server never exceeds it, even if the client
    /// allows more. zlib has no window of 8 bits: with 8, the compressor only finds runs of one byte. Default: 15.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 8 or above 15.</exception>
    public int ServerMaxWindowBits
    {
        get;
        init => field = Validated(value);
    } = MaxWindowBits;

    /// <summary>
    /// Largest window of the client's compressor in bits: the base-2 logarithm of its bytes (section 7.1.2.2). A server requests it from clients that support the parameter, and accepts up to 15 bits
    /// from all others. Default: 15.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 8 or above 15.</exception>
    public int ClientMaxWindowBits
    {
        get;
        init => field = Validated(value);
    } = MaxWindowBits;

    /// <summary>
    /// Level of this side's compressor. <see cref="CompressionLevel.Fastest"/> takes half the time of <see cref="CompressionLevel.Optimal"/>, but uses fixed Huffman codes, which compress short
    /// messages less: 128 bytes of English text become 85 % instead of 67 %, 512 bytes 74 % instead of 50 %. Default: <see cref="CompressionLevel.Optimal"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public CompressionLevel CompressionLevel
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(CompressionLevel), value, "This is not a compression level.");
    } = CompressionLevel.Optimal;

    /// <summary>Length in bytes below which messages are sent uncompressed. Compression rarely saves more than 10 bytes of a message of 64. Default: 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MinimumLength
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinimumLength), value, "The length is negative.");
    } = 128;

    private static int Validated(int windowBits, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        windowBits is >= MinWindowBits and <= MaxWindowBits
            ? windowBits
            : throw new ArgumentOutOfRangeException(name, windowBits, "A window has 8 to 15 bits.");
}

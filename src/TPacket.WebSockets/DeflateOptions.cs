using System.IO.Compression;

namespace TPacket.WebSockets;

/// <summary>
/// What an endpoint offers or accepts of permessage-deflate (RFC 7692), and how it compresses. Immutable; one instance serves any number of connections.
/// </summary>
/// <remarks>
/// Compressing what an attacker can choose together with a secret tells its length, and from that the secret (RFC 7692, section 8). Context takeover lets messages tell of each other;
/// without it only what stands in the same message can.
/// </remarks>
public sealed record DeflateOptions
{
    /// <summary>The smallest window that can be negotiated: 8 bits, 256 bytes.</summary>
    public const int SmallestWindowBits = 8;

    /// <summary>The largest window that can be negotiated: 15 bits, 32 KiB.</summary>
    public const int LargestWindowBits = 15;

    /// <summary>The defaults.</summary>
    public static DeflateOptions Default { get; } = new();

    /// <summary>
    /// Whether the server may refer to its earlier messages when it compresses (section 7.1.1.1), which makes small messages that resemble each other much smaller. It costs a compressor for each
    /// connection that sends, 340 KiB at 15 window bits and 220 KiB at 9, and a decompressor of 40 KiB in each client. Off, a connection between two messages holds no compressor. Default: off.
    /// </summary>
    public bool ServerContextTakeover { get; init; }

    /// <summary>
    /// Whether the client may refer to its earlier messages when it compresses (section 7.1.1.2). It costs a decompressor of 40 KiB for each connection in the server, and the compressor in the
    /// client. Off, a connection between two messages holds no decompressor. Default: off.
    /// </summary>
    public bool ClientContextTakeover { get; init; }

    /// <summary>
    /// Largest window of the server's compressor, as a power of two (section 7.1.2.1). A client offers this as its bound; a server keeps to it whatever the client allows. With 8 bits
    /// only repeated bytes are found, since zlib has no such window. Default: 15.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 8 or above 15.</exception>
    public int ServerMaxWindowBits
    {
        get;
        init => field = Validated(value);
    } = LargestWindowBits;

    /// <summary>
    /// Largest window of the client's compressor, as a power of two (section 7.1.2.2). A server asks a client for it that lets itself be asked, and takes up to 15 bits from any other. Default: 15.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 8 or above 15.</exception>
    public int ClientMaxWindowBits
    {
        get;
        init => field = Validated(value);
    } = LargestWindowBits;

    /// <summary>
    /// How much work this side's compressor does. <see cref="CompressionLevel.Fastest"/> takes half the time and leaves out what counts most in a short message, a code of its own for its letters:
    /// 128 bytes of English become 85 % of that, 512 bytes 74 %; here they become 67 % and 50 %. Default: <see cref="CompressionLevel.Optimal"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the four levels.</exception>
    public CompressionLevel CompressionLevel
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(CompressionLevel), value, "No compression level.");
    } = CompressionLevel.Optimal;

    /// <summary>Messages of fewer bytes are sent as they are. A message of 64 bytes rarely loses ten of them. Default: 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MinimumLength
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinimumLength), value, "A length is not negative.");
    } = 128;

    private static int Validated(int windowBits, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        windowBits is >= SmallestWindowBits and <= LargestWindowBits
            ? windowBits
            : throw new ArgumentOutOfRangeException(name, windowBits, "A window has 8 to 15 bits.");
}

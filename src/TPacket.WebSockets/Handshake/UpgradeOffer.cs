using System.Security.Cryptography;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>
/// A client's key, subprotocols and extensions (RFC 6455, section 4.1). The offer writes the request, and <see cref="UpgradeResponseReader"/> checks the
/// response against the offer.
/// </summary>
internal sealed class UpgradeOffer
{
    private const int KeyLength = 16;
    private const int AcceptLength = 28;

    private UpgradeOffer(string key, byte[] accept, IReadOnlyList<string> subprotocols, DeflateOptions? compression) =>
        (Key, Accept, Subprotocols, Compression) = (key, accept, subprotocols, compression);

    /// <summary>The value of <c>Sec-WebSocket-Key</c>: a random nonce in base64 (RFC 6455, section 4.1, step 7).</summary>
    public string Key { get; }

    /// <summary>The value of <c>Sec-WebSocket-Accept</c> that the response must have.</summary>
    public ReadOnlyMemory<byte> Accept { get; }

    /// <summary>The subprotocols, in order of preference.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>The options of compression; null if it is not offered.</summary>
    public DeflateOptions? Compression { get; }

    /// <summary>Creates an offer with a new random key.</summary>
    public static UpgradeOffer Create(IReadOnlyList<string> subprotocols, DeflateOptions? compression) =>
        Create(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)), subprotocols, compression);

    internal static UpgradeOffer Create(string key, IReadOnlyList<string> subprotocols, DeflateOptions? compression = null)
    {
        var accept = new byte[AcceptLength];
        UpgradeResponseWriter.WriteAccept(accept, Encoding.ASCII.GetBytes(key));
        return new UpgradeOffer(key, accept, subprotocols, DeflateSupport.IsAvailable ? compression : null);
    }

    /// <summary>Returns the request head (section 4.1).</summary>
    /// <param name="uri">The server's address with the scheme <c>ws</c> or <c>wss</c>, a host, and no fragment.</param>
    /// <param name="headers">The application's header lines.</param>
    /// <exception cref="ArgumentException">The address, a header or a subprotocol is not valid in a request.</exception>
    public byte[] WriteRequest(Uri uri, IEnumerable<KeyValuePair<string, string>> headers)
    {
        CheckAddress(uri);
        var request = new StringBuilder()
            .Append("GET ").Append(uri.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(uri.IsDefaultPort ? HostOf(uri) : $"{HostOf(uri)}:{uri.Port}")
            .Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").Append(Key).Append("\r\n");
        foreach (var (name, value) in WriteHeaders(headers))
            request.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(request.Append("\r\n").ToString());
    }

    /// <summary>Returns the header lines that HTTP/1.1 and HTTP/2 have in common: the offer and the application's.</summary>
    /// <param name="headers">The application's header lines.</param>
    /// <exception cref="ArgumentException">A header or a subprotocol is not valid in a request.</exception>
    public IEnumerable<KeyValuePair<string, string>> WriteHeaders(IEnumerable<KeyValuePair<string, string>> headers)
    {
        if (Subprotocols.Count > 0)
            yield return new("Sec-WebSocket-Protocol", string.Join(", ", Subprotocols.Select(CheckSubprotocol)));
        if (Compression is not null)
            yield return new("Sec-WebSocket-Extensions", WriteExtensions(Compression));
        foreach (var (name, value) in headers)
            yield return new(CheckName(name), CheckValue(name, value));
    }

    /// <summary>Validates a server's address (section 3).</summary>
    /// <exception cref="ArgumentException">The address has another scheme than <c>ws</c> or <c>wss</c>, no host, or a fragment.</exception>
    public static void CheckAddress(Uri uri)
    {
        // Section 3: fragment identifiers must not be used.
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("ws" or "wss") || uri.Fragment.Length > 0)
            throw new ArgumentException("A WebSocket's address is ws:// or wss:// with a host, and without a fragment.", nameof(uri));
    }

    private static string WriteExtensions(DeflateOptions compression)
    {
        Span<byte> offer = stackalloc byte[DeflateElementWriter.MaxLength];
        return Encoding.ASCII.GetString(offer[..ClientNegotiation.WriteOffer(offer, compression)]);
    }

    private static string HostOf(Uri uri) => uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;

    private static string CheckValue(string name, string value)
    {
        if (value.Any(static c => c > 0xFF) || Encoding.Latin1.GetBytes(value).AsSpan().ContainsAnyExcept(HttpGrammar.ValueCharacters))
            throw new ArgumentException($"The header {name} has a character that is not valid in a header.");
        return value;
    }

    private static string CheckName(string name)
    {
        if (!IsToken(name))
            throw new ArgumentException($"'{name}' is not a valid name of a header.");
        if (name.ToUpperInvariant() is "HOST" or "UPGRADE" or "CONNECTION" or "CONTENT-LENGTH" or "TRANSFER-ENCODING"
            or "SEC-WEBSOCKET-KEY" or "SEC-WEBSOCKET-VERSION" or "SEC-WEBSOCKET-PROTOCOL" or "SEC-WEBSOCKET-EXTENSIONS")
            throw new ArgumentException($"The header {name} is set by the handshake.");
        return name;
    }

    private static string CheckSubprotocol(string subprotocol) =>
        IsToken(subprotocol) ? subprotocol : throw new ArgumentException($"'{subprotocol}' is not a valid name of a subprotocol.");

    private static bool IsToken(string text) =>
        text.Length > 0 && Ascii.IsValid(text) && !Encoding.ASCII.GetBytes(text).AsSpan().ContainsAnyExcept(HttpGrammar.TokenCharacters);
}

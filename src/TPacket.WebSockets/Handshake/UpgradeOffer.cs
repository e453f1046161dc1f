using System.Security.Cryptography;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>What a client asks a server for, so that the answer can be held against it.</summary>
internal sealed class UpgradeOffer
{
    private const int KeyLength = 16;
    private const int AcceptLength = 28;

    private UpgradeOffer(string key, byte[] accept, IReadOnlyList<string> subprotocols, DeflateOptions? compression) =>
        (Key, Accept, Subprotocols, Compression) = (key, accept, subprotocols, compression);

    /// <summary>The nonce in base64 (RFC 6455, section 4.1, step 7).</summary>
    public string Key { get; }

    /// <summary>The proof that the server has read the key.</summary>
    public ReadOnlyMemory<byte> Accept { get; }

    /// <summary>The subprotocols of which the server may choose one.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>What is offered of permessage-deflate; null where nothing is.</summary>
    public DeflateOptions? Compression { get; }

    /// <summary>An offer with a key that nobody has used.</summary>
    public static UpgradeOffer Create(IReadOnlyList<string> subprotocols, DeflateOptions? compression) =>
        Create(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)), subprotocols, compression);

    internal static UpgradeOffer Create(string key, IReadOnlyList<string> subprotocols, DeflateOptions? compression = null)
    {
        var accept = new byte[AcceptLength];
        UpgradeResponseWriter.WriteAccept(accept, Encoding.ASCII.GetBytes(key));
        return new UpgradeOffer(key, accept, subprotocols, DeflateSupport.IsAvailable ? compression : null);
    }

    /// <summary>The request's head (section 4.1).</summary>
    /// <param name="uri">Whom to connect to: the scheme ws or wss, a host, and no fragment.</param>
    /// <param name="headers">Further header lines.</param>
    /// <exception cref="ArgumentException">The address, a header or a subprotocol cannot stand in a request.</exception>
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

    /// <summary>The header lines that every version of HTTP has: what is offered, and the caller's.</summary>
    /// <param name="headers">Further header lines.</param>
    /// <exception cref="ArgumentException">A header or a subprotocol cannot stand in a request.</exception>
    public IEnumerable<KeyValuePair<string, string>> WriteHeaders(IEnumerable<KeyValuePair<string, string>> headers)
    {
        if (Subprotocols.Count > 0)
            yield return new("Sec-WebSocket-Protocol", string.Join(", ", Subprotocols.Select(CheckSubprotocol)));
        if (Compression is not null)
            yield return new("Sec-WebSocket-Extensions", WriteExtensions(Compression));
        foreach (var (name, value) in headers)
            yield return new(CheckName(name), CheckValue(name, value));
    }

    /// <summary>Checks whom to connect to.</summary>
    /// <exception cref="ArgumentException">It is no ws:// or wss:// with a host, or has a fragment.</exception>
    public static void CheckAddress(Uri uri)
    {
        // Section 3: fragment identifiers are meaningless and must not be used.
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
            throw new ArgumentException($"The header {name} has a character that cannot stand in a header.");
        return value;
    }

    private static string CheckName(string name)
    {
        if (!IsToken(name))
            throw new ArgumentException($"'{name}' is no name of a header.");
        if (name.ToUpperInvariant() is "HOST" or "UPGRADE" or "CONNECTION" or "CONTENT-LENGTH" or "TRANSFER-ENCODING"
            or "SEC-WEBSOCKET-KEY" or "SEC-WEBSOCKET-VERSION" or "SEC-WEBSOCKET-PROTOCOL" or "SEC-WEBSOCKET-EXTENSIONS")
            throw new ArgumentException($"The header {name} is the handshake's own.");
        return name;
    }

    private static string CheckSubprotocol(string subprotocol) =>
        IsToken(subprotocol) ? subprotocol : throw new ArgumentException($"'{subprotocol}' is no name of a subprotocol.");

    private static bool IsToken(string text) =>
        text.Length > 0 && Ascii.IsValid(text) && !Encoding.ASCII.GetBytes(text).AsSpan().ContainsAnyExcept(HttpGrammar.TokenCharacters);
}

using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Server.Handshake;

/// <summary>The origin of a web page (RFC 6454) as browsers send it: in lower case, without the default port of the scheme.</summary>
/// <param name="Scheme">The scheme; <c>null</c> for an opaque origin.</param>
/// <param name="Host">The host name or address; empty for origins without a host.</param>
/// <param name="Port">The port; empty for the default port of the scheme.</param>
internal readonly record struct WebOrigin(string Scheme, string Host, string Port)
{
    /// <summary>The opaque origin, which files, sandboxed frames and some apps send.</summary>
    public const string Opaque = "null";

    private const string File = "file";
    private const string SchemeEnd = "://";
    private const int MaxPort = 65535;

    // RFC 3986, section 3.1.
    private static readonly SearchValues<char> _schemeCharacters = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Parses the <c>Origin</c> header of a browser. Never throws.</summary>
    public static bool TryParse(string text, out WebOrigin origin)
    {
        origin = new WebOrigin(Opaque, "", "");
        if (text == Opaque)
            return true;
        var schemeEnd = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (schemeEnd <= 0 || !IsScheme(text.AsSpan(0, schemeEnd)))
            return false;
        var scheme = text[..schemeEnd].ToLowerInvariant();
        var authority = text[(schemeEnd + SchemeEnd.Length)..];
        if (scheme == File)
        {
            origin = new WebOrigin(File, "", "");
            return authority.Length == 0;
        }

        if (!TryParseAuthority(authority, out var host, out var port))
            return false;
        origin = new WebOrigin(scheme, host, IsDefaultPort(scheme, port) ? "" : port);
        return true;
    }

    /// <summary>
    /// Whether the runtime can convert an internationalized name to the ASCII form that browsers send.
    /// It cannot in globalization-invariant mode, which does not normalize text; without normalization the ASCII form would be another name.
    /// </summary>
    public static bool CanMapNames { get; } = "e\u0301".Normalize(NormalizationForm.FormKC) == "\u00E9";

    /// <summary>Parses an origin of the configuration. An internationalized name is converted to the ASCII form that browsers send.</summary>
    /// <returns>False if the text is not an origin, or has an internationalized name and <see cref="CanMapNames"/> is false.</returns>
    public static bool TryParseSetting(string? text, out WebOrigin origin)
    {
        origin = default;
        if (text is null || (!CanMapNames && !Ascii.IsValid(text)))
            return false;
        try
        {
            return TryParse(Ascii.IsValid(text) ? text : ToAscii(text), out origin);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Parses a host with an optional port. Never throws.</summary>
    public static bool TryParseAuthority(string text, out string host, out string port)
    {
        (host, port) = ("", "");
        var hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? colon : text.Length;
        if (hostEnd == 0 || !TryParseHost(text[..hostEnd], out host))
            return false;
        return hostEnd == text.Length || (text[hostEnd] == ':' && TryParsePort(text.AsSpan(hostEnd + 1), out port));
    }

    /// <summary>Returns whether a host is a loopback address or a loopback name (RFC 6761, section 6.3).</summary>
    public static bool IsLoopback(string host)
    {
        var name = host.TrimEnd('.');
        return name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal) || (IPAddress.TryParse(name, out var address) && IsLoopback(address));
    }

    /// <summary>Returns whether an address is an IPv4 or IPv6 loopback address.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool TryParseHost(string text, out string host)
    {
        host = text.ToLowerInvariant();
        if (text.StartsWith('['))
        {
            var valid = IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
            host = valid ? $"[{address}]" : host;
            return valid;
        }

        if (text.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
            return false;
        // An IPv4 address can be written in many ways; browsers send the dotted decimal form.
        if (char.IsAsciiDigit(text[0]) && IPAddress.TryParse(text, out var old))
            host = old.ToString();
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out string port)
    {
        var digits = text.TrimStart('0');
        port = digits.ToString();
        return digits.Length < 6 && !digits.ContainsAnyExceptInRange('0', '9') && (digits.IsEmpty || int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) <= MaxPort);
    }

    private static bool IsScheme(ReadOnlySpan<char> text) => char.IsAsciiLetter(text[0]) && !text.ContainsAnyExcept(_schemeCharacters);

    private static bool IsDefaultPort(string scheme, string port) => (scheme, port) is ("http" or "ws", "80") or ("https" or "wss", "443");

    /// <exception cref="ArgumentException">The name is invalid.</exception>
    private static string ToAscii(string text)
    {
        var start = text.IndexOf(SchemeEnd, StringComparison.Ordinal) + SchemeEnd.Length;
        var end = text.IndexOf(':', start) is >= 0 and var colon ? colon : text.Length;
        var name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[start..end].ToLowerInvariant().Normalize(NormalizationForm.FormKC));
        return string.Concat(text.AsSpan(0, start), name, text.AsSpan(end));
    }
}

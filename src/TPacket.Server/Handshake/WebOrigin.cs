using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Server.Handshake;

/// <summary>Where a web page comes from (RFC 6454), in the form in which browsers send it: in lower case, without the scheme's own port.</summary>
/// <param name="Scheme">The scheme; <c>null</c> of a page that tells nobody where it comes from.</param>
/// <param name="Host">The name or address; empty for pages without a host.</param>
/// <param name="Port">The port, empty where it is the scheme's own.</param>
internal readonly record struct WebOrigin(string Scheme, string Host, string Port)
{
    /// <summary>What the pages of files, sandboxes and some apps send.</summary>
    public const string Opaque = "null";

    private const string File = "file";
    private const string SchemeEnd = "://";
    private const int MaxPort = 65535;

    // RFC 3986, section 3.1.
    private static readonly SearchValues<char> _schemeCharacters = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Reads the header that a browser sends. Never throws.</summary>
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
        origin = new WebOrigin(scheme, host, IsOwnPort(scheme, port) ? "" : port);
        return true;
    }

    /// <summary>
    /// Whether the runtime can bring an internationalised name into the form that browsers send. Where globalization is invariant it cannot: it normalises nothing, and a name that is not
    /// normalised has another form in ASCII.
    /// </summary>
    public static bool CanMapNames { get; } = "e\u0301".Normalize(NormalizationForm.FormKC) == "\u00E9";

    /// <summary>Reads an origin that a host has written, perhaps with an internationalised name, of which browsers send the form in ASCII.</summary>
    /// <returns>False for a text that is no origin, and for an internationalised name where <see cref="CanMapNames"/> is false.</returns>
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

    /// <summary>Reads a host and perhaps a port. Never throws.</summary>
    public static bool TryParseAuthority(string text, out string host, out string port)
    {
        (host, port) = ("", "");
        var hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? colon : text.Length;
        if (hostEnd == 0 || !TryParseHost(text[..hostEnd], out host))
            return false;
        return hostEnd == text.Length || (text[hostEnd] == ':' && TryParsePort(text.AsSpan(hostEnd + 1), out port));
    }

    /// <summary>Whether a host is a loopback address, or a name that stands for one wherever it is asked for (RFC 6761, section 6.3).</summary>
    public static bool IsLoopback(string host)
    {
        var name = host.TrimEnd('.');
        return name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal) || (IPAddress.TryParse(name, out var address) && IsLoopback(address));
    }

    /// <summary>Whether an address is one of this machine's loopback, in either family.</summary>
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
        // Browsers write addresses of version 4 in one way, of many.
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

    private static bool IsOwnPort(string scheme, string port) => (scheme, port) is ("http" or "ws", "80") or ("https" or "wss", "443");

    /// <exception cref="ArgumentException">The name is none.</exception>
    private static string ToAscii(string text)
    {
        var start = text.IndexOf(SchemeEnd, StringComparison.Ordinal) + SchemeEnd.Length;
        var end = text.IndexOf(':', start) is >= 0 and var colon ? colon : text.Length;
        var name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[start..end].ToLowerInvariant().Normalize(NormalizationForm.FormKC));
        return string.Concat(text.AsSpan(0, start), name, text.AsSpan(end));
    }
}

namespace TPacket.WebSockets.Compression;

/// <summary>
/// One <c>permessage-deflate</c> element of a <c>Sec-WebSocket-Extensions</c> header, in an offer or a response, with its parameters (RFC 7692, section 7.1).
/// </summary>
internal struct DeflateElement
{
    /// <summary>The extension's name.</summary>
    public static ReadOnlySpan<byte> ExtensionName => "permessage-deflate"u8;

    public static ReadOnlySpan<byte> ServerNoContextTakeoverName => "server_no_context_takeover"u8;

    public static ReadOnlySpan<byte> ClientNoContextTakeoverName => "client_no_context_takeover"u8;

    public static ReadOnlySpan<byte> ServerMaxWindowBitsName => "server_max_window_bits"u8;

    public static ReadOnlySpan<byte> ClientMaxWindowBitsName => "client_max_window_bits"u8;

    public bool ServerNoContextTakeover { get; private set; }

    public bool ClientNoContextTakeover { get; private set; }

    /// <summary>Value of <c>server_max_window_bits</c>; null without the parameter.</summary>
    public int? ServerMaxWindowBits { get; private set; }

    /// <summary>Whether the element has the parameter <c>client_max_window_bits</c>.</summary>
    public bool HasClientMaxWindowBits { get; private set; }

    /// <summary>Value of <c>client_max_window_bits</c>; null without the parameter, or if it has no value, which is valid in an offer.</summary>
    public int? ClientMaxWindowBits { get; private set; }

    /// <summary>Whether a parameter is unknown, repeated, or has an invalid value.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>Adds the parameter at a reader's position.</summary>
    public void Take(in ExtensionHeaderReader reader)
    {
        var known = false;
        if (reader.Name.SequenceEqual(ServerNoContextTakeoverName))
        {
            known = !ServerNoContextTakeover && !reader.HasValue;
            ServerNoContextTakeover = true;
        }
        else if (reader.Name.SequenceEqual(ClientNoContextTakeoverName))
        {
            known = !ClientNoContextTakeover && !reader.HasValue;
            ClientNoContextTakeover = true;
        }
        else if (reader.Name.SequenceEqual(ServerMaxWindowBitsName))
        {
            known = TryReadWindowBits(reader, out var bits) && ServerMaxWindowBits is null;
            ServerMaxWindowBits = bits;
        }
        else if (reader.Name.SequenceEqual(ClientMaxWindowBitsName))
        {
            int? bits = null;
            known = !HasClientMaxWindowBits && (!reader.HasValue || TryReadWindowBits(reader, out bits));
            HasClientMaxWindowBits = true;
            ClientMaxWindowBits = bits;
        }

        IsInvalid |= !known;
    }

    /// <summary>Reads a value of 8 to 15 in decimal without leading zeros (sections 7.1.2.1 and 7.1.2.2).</summary>
    private static bool TryReadWindowBits(in ExtensionHeaderReader reader, out int? bits)
    {
        Span<byte> digits = stackalloc byte[2];
        bits = reader.CopyValueTo(digits) switch
        {
            1 when digits[0] is (byte)'8' or (byte)'9' => digits[0] - '0',
            2 when digits[0] == (byte)'1' && digits[1] is >= (byte)'0' and <= (byte)'5' => 10 + digits[1] - '0',
            _ => null,
        };
        return bits is not null;
    }
}

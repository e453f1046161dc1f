namespace TPacket.WebSockets.Compression;

/// <summary>One <c>permessage-deflate</c> of a header, offered or agreed to: its parameters, and whether they are those of RFC 7692, section 7.1, each at most once.</summary>
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

    /// <summary>The value of server_max_window_bits, or null where there is none.</summary>
    public int? ServerMaxWindowBits { get; private set; }

    /// <summary>Whether there is a client_max_window_bits.</summary>
    public bool HasClientMaxWindowBits { get; private set; }

    /// <summary>Its value, or null where it has none, as it may be in an offer.</summary>
    public int? ClientMaxWindowBits { get; private set; }

    /// <summary>Whether a parameter was unknown, repeated, or had a value that it cannot have.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>Takes the parameter that a reader has come to.</summary>
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

    /// <summary>Sections 7.1.2.1 and 7.1.2.2: 8 to 15, in decimal and without leading zeros.</summary>
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

using System.Text;
using TPacket.WebSockets;
using TPacket.WebSockets.Compression;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the negotiation of extensions in both roles (RFC 7692, section 7.1). A client must accept the response that a server writes to its offer, and the parameters must respect the options of each
/// side. The first byte of the input gives the options.
/// </summary>
internal sealed class ExtensionsTarget : IFuzzTarget
{
    public string Name => "extensions";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [.. "permessage-deflate"u8], [.. "; server_no_context_takeover"u8], [.. "; client_no_context_takeover"u8], [.. "; server_max_window_bits=10"u8], [.. "; client_max_window_bits"u8], [.. "=8"u8], [.. "=\"15\""u8],
        [.. ", "u8], [.. ";"u8], [.. "\\"u8], [.. "\""u8], [.. "x-webkit-deflate-frame"u8], [.. "\t "u8],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, .. "permessage-deflate; client_max_window_bits"u8], [0x13, .. "permessage-deflate; server_max_window_bits=\"1\\0\"; server_no_context_takeover, permessage-deflate"u8],
        [0xFF, .. "foo; bar=\"baz\"; x, , permessage-deflate; client_max_window_bits=9; client_no_context_takeover"u8],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return;
        var options = new DeflateOptions
        {
            ServerContextTakeover = (input[0] & 1) != 0,
            ClientContextTakeover = (input[0] & 2) != 0,
            ServerMaxWindowBits = 8 + ((input[0] >> 2) & 7),
            ClientMaxWindowBits = 8 + ((input[0] >> 5) & 7),
        };
        var header = input[1..];
        Span<byte> response = stackalloc byte[DeflateElementWriter.MaxLength];
        var status = ServerNegotiation.Accept(header, options, response, out var length, out var agreed);
        var wellFormed = IsWellFormed(header);
        FindingException.Unless(wellFormed == (status != NegotiationStatus.Malformed), $"{status}, well-formed: {wellFormed}");
        if (status == NegotiationStatus.Agreed)
            CheckAgreement(options, agreed, response[..length]);
        else
            FindingException.Unless(length == 0, "a response to an offer that was not accepted");

        if (ClientNegotiation.ReadResponse(header, options, out var answered) == NegotiationStatus.Agreed)
            CheckParameters(options, answered);
    }

    private static void CheckAgreement(DeflateOptions options, DeflateParameters agreed, ReadOnlySpan<byte> response)
    {
        CheckParameters(options, agreed);
        // A client that offers every parameter accepts any valid response, and reads the same parameters.
        var liberal = new DeflateOptions { ServerContextTakeover = true, ClientContextTakeover = true };
        FindingException.Unless(
            ClientNegotiation.ReadResponse(response, liberal, out var understood) == NegotiationStatus.Agreed, $"a response that no client accepts: {Encoding.Latin1.GetString(response)}");
        FindingException.Unless(
            understood.ServerContextTakeover == agreed.ServerContextTakeover && understood.ClientContextTakeover == agreed.ClientContextTakeover
                && understood.ServerMaxWindowBits >= agreed.ServerMaxWindowBits && understood.ClientMaxWindowBits <= agreed.ClientMaxWindowBits,
            "the two sides have read different parameters");
    }

    private static void CheckParameters(DeflateOptions options, DeflateParameters parameters) => FindingException.Unless(
        (options.ServerContextTakeover || !parameters.ServerContextTakeover) && (options.ClientContextTakeover || !parameters.ClientContextTakeover)
            && parameters.ServerMaxWindowBits is >= 8 and <= 15 && parameters.ClientMaxWindowBits is >= 8 and <= 15 && parameters.ServerMaxWindowBits <= options.ServerMaxWindowBits,
        $"{parameters} exceeds {options}");

    private static bool IsWellFormed(ReadOnlySpan<byte> header)
    {
        var reader = new ExtensionHeaderReader(header);
        for (var parts = 0; ; parts++)
        {
            FindingException.Unless(parts <= header.Length + 1, "more parts than bytes");
            switch (reader.Read())
            {
                case ExtensionHeaderPart.End:
                    return true;
                case ExtensionHeaderPart.Malformed:
                    return false;
                default:
                    FindingException.Unless(!reader.Name.IsEmpty, "a part without a name");
                    break;
            }
        }
    }
}

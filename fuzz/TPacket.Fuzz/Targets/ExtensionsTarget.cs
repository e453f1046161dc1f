using System.Text;
using TPacket.WebSockets;
using TPacket.WebSockets.Compression;

namespace TPacket.Fuzz.Targets;

/// <summary>The negotiation of extensions, in both roles: what a server agrees to is what a client that offered it takes, and both keep within what they allow. The first byte says what they allow.</summary>
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
            JudgeAgreement(options, agreed, response[..length]);
        else
            FindingException.Unless(length == 0, "an answer to what was not agreed to");

        if (ClientNegotiation.ReadResponse(header, options, out var answered) == NegotiationStatus.Agreed)
            JudgeParameters(options, answered);
    }

    private static void JudgeAgreement(DeflateOptions options, DeflateParameters agreed, ReadOnlySpan<byte> response)
    {
        JudgeParameters(options, agreed);
        // A client that allows everything, and lets itself be asked for everything, takes any answer, and understands the same.
        var liberal = new DeflateOptions { ServerContextTakeover = true, ClientContextTakeover = true };
        FindingException.Unless(
            ClientNegotiation.ReadResponse(response, liberal, out var understood) == NegotiationStatus.Agreed, $"an answer that no client takes: {Encoding.Latin1.GetString(response)}");
        FindingException.Unless(
            understood.ServerContextTakeover == agreed.ServerContextTakeover && understood.ClientContextTakeover == agreed.ClientContextTakeover
                && understood.ServerMaxWindowBits >= agreed.ServerMaxWindowBits && understood.ClientMaxWindowBits <= Math.Max(agreed.ClientMaxWindowBits, DeflateOptions.LargestWindowBits),
            "the two sides have understood different things");
    }

    private static void JudgeParameters(DeflateOptions options, DeflateParameters parameters) => FindingException.Unless(
        (options.ServerContextTakeover || !parameters.ServerContextTakeover) && (options.ClientContextTakeover || !parameters.ClientContextTakeover)
            && parameters.ServerMaxWindowBits is >= 8 and <= 15 && parameters.ClientMaxWindowBits is >= 8 and <= 15 && parameters.ServerMaxWindowBits <= options.ServerMaxWindowBits,
        $"{parameters} is more than {options} allows");

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

using System.Text;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>Negotiates subprotocol and extensions for a server that accepts a client's request.</summary>
internal static class ServerAgreement
{
    /// <summary>Negotiates a subprotocol and extensions (RFC 6455, sections 4.2.2 and 9.1).</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">The application's decision, which accepts the request.</param>
    /// <param name="options">The extensions that the server supports.</param>
    /// <param name="response">The buffer for the value of the response's <c>Sec-WebSocket-Extensions</c> header; set to the value, which is empty if there is none.</param>
    /// <param name="agreement">The negotiated subprotocol and compression.</param>
    /// <returns>
    /// False if the request's <c>Sec-WebSocket-Extensions</c> header is malformed. This fails the handshake, even if the server knows none of the extensions.
    /// </returns>
    /// <exception cref="InvalidOperationException">The application has chosen a subprotocol that the client did not offer.</exception>
    public static bool TryNegotiate(
        UpgradeRequest request, UpgradeDecision decision, WebSocketOptions options, ref Span<byte> response, out UpgradeAgreement agreement)
    {
        if (decision.Subprotocol is { } subprotocol && !request.Subprotocols.Contains(subprotocol))
            throw new InvalidOperationException("The chosen subprotocol was not offered.");
        agreement = new UpgradeAgreement(decision.Subprotocol, null);
        var destination = response;
        response = default;
        // RFC 9110, section 5.6.1.2: a recipient accepts empty lists.
        if (request.GetHeader("Sec-WebSocket-Extensions") is not { } text || text.AsSpan().Trim(" \t,").IsEmpty)
            return true;
        var offers = Encoding.Latin1.GetBytes(text);
        if (options.Compression is not { } accepted || !DeflateSupport.IsAvailable)
            return IsWellFormed(offers);
        var status = ServerNegotiation.Accept(offers, accepted, destination, out var length, out var parameters);
        if (status == NegotiationStatus.Agreed)
        {
            response = destination[..length];
            agreement = agreement with { Compression = parameters };
        }

        return status != NegotiationStatus.Malformed;
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> offers)
    {
        var reader = new ExtensionHeaderReader(offers);
        while (true)
        {
            var part = reader.Read();
            if (part is ExtensionHeaderPart.End or ExtensionHeaderPart.Malformed)
                return part == ExtensionHeaderPart.End;
        }
    }
}

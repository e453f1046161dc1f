using System.Text;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>What a server agrees on with a client whose request it accepts.</summary>
internal static class ServerAgreement
{
    /// <summary>Agrees on a subprotocol and on extensions (RFC 6455, section 9.1).</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">What the application has decided: to accept.</param>
    /// <param name="options">Which extensions are accepted.</param>
    /// <param name="response">The value of the answer's header; empty where there is none.</param>
    /// <param name="agreement">What was agreed on.</param>
    /// <returns>False when the request's header is malformed, which fails the handshake whether an extension is known or not.</returns>
    /// <exception cref="InvalidOperationException">The application has chosen a subprotocol that was not offered.</exception>
    public static bool TryReach(
        UpgradeRequest request, UpgradeDecision decision, WebSocketOptions options, ref Span<byte> response, out UpgradeAgreement agreement)
    {
        if (decision.Subprotocol is { } subprotocol && !request.Subprotocols.Contains(subprotocol))
            throw new InvalidOperationException("The chosen subprotocol was not offered.");
        agreement = new UpgradeAgreement(decision.Subprotocol, null);
        var destination = response;
        response = default;
        // RFC 9110, section 5.6.1.2: a list that is empty lists nothing.
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

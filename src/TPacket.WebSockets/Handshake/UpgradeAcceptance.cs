using System.Diagnostics.CodeAnalysis;
using System.Text;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Handshake;

/// <summary>The response to an accepted request that an HTTP server has read and answers: status 101 over HTTP/1.1, 200 over HTTP/2.</summary>
internal sealed class UpgradeAcceptance
{
    private UpgradeAcceptance(UpgradeAgreement agreement, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        Agreement = agreement;
        Headers = headers;
    }

    /// <summary>The headers of the response, other than <c>Upgrade</c> and <c>Connection</c>, which only HTTP/1.1 has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    public UpgradeAgreement Agreement { get; }

    /// <summary>Negotiates subprotocol and compression.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">The application's decision.</param>
    /// <param name="options">The options of the connection.</param>
    /// <param name="acceptance">The response, if the request is accepted.</param>
    /// <param name="refusal">The error response, if the application has rejected the request or its <c>Sec-WebSocket-Extensions</c> header is malformed.</param>
    /// <exception cref="InvalidOperationException">The application has chosen a subprotocol that the client did not offer.</exception>
    public static bool TryCreate(
        UpgradeRequest request,
        UpgradeDecision decision,
        WebSocketOptions options,
        [NotNullWhen(true)] out UpgradeAcceptance? acceptance,
        [NotNullWhen(false)] out HttpRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(options);
        acceptance = null;
        refusal = decision.Refusal;
        if (refusal is not null)
            return false;
        Span<byte> extensions = stackalloc byte[DeflateElementWriter.MaxLength];
        if (!ServerAgreement.TryNegotiate(request, decision, options, ref extensions, out var agreement))
        {
            refusal = HttpRefusal.BadExtensions;
            return false;
        }

        acceptance = new UpgradeAcceptance(agreement, HeadersOf(request, decision, extensions));
        return true;
    }

    private static List<KeyValuePair<string, string>> HeadersOf(UpgradeRequest request, UpgradeDecision decision, ReadOnlySpan<byte> extensions)
    {
        var headers = new List<KeyValuePair<string, string>>(3);
        if (!request.Key.IsEmpty)
        {
            Span<byte> accept = stackalloc byte[UpgradeResponseWriter.AcceptLength];
            UpgradeResponseWriter.WriteAccept(accept, request.Key);
            headers.Add(new("Sec-WebSocket-Accept", Encoding.ASCII.GetString(accept)));
        }

        if (decision.Subprotocol is not null)
            headers.Add(new("Sec-WebSocket-Protocol", decision.Subprotocol));
        if (!extensions.IsEmpty)
            headers.Add(new("Sec-WebSocket-Extensions", Encoding.ASCII.GetString(extensions)));
        return headers;
    }
}

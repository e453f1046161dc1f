using System.Diagnostics.CodeAnalysis;
using System.Text;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Handshake;

/// <summary>The answer to an accepted request that an HTTP server has read and answers: 101 over HTTP/1.1, 200 over HTTP/2.</summary>
internal sealed class UpgradeAcceptance
{
    private UpgradeAcceptance(UpgradeAgreement agreement, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        Agreement = agreement;
        Headers = headers;
    }

    /// <summary>The headers that the answer has to have beside <c>Upgrade</c> and <c>Connection</c>, which only HTTP/1.1 knows.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    public UpgradeAgreement Agreement { get; }

    /// <summary>Agrees with a client on subprotocol and compression, as a server does that reads requests itself.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="options">Which compression is accepted.</param>
    /// <param name="acceptance">The answer when the request is accepted.</param>
    /// <param name="refusal">The answer when it was refused, or when its header of extensions is malformed.</param>
    /// <exception cref="InvalidOperationException">The chosen subprotocol was not offered.</exception>
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
        if (!ServerAgreement.TryReach(request, decision, options, ref extensions, out var agreement))
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

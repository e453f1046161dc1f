using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>A server's opening handshake: reads the request, lets the application decide, and sends the response (RFC 6455, section 4.2).</summary>
internal sealed class ServerHandshake(WebSocketConnection connection, WebSocketHandler handler, WebSocketOptions options) : OpeningHandshake
{
    public override bool TryRead(ReadOnlySpan<byte> source, out int consumed, out ValueTask pending)
    {
        pending = default;
        switch (UpgradeRequestReader.TryRead(source, options.MaxHandshakeHeadLength, options.MaxHandshakeHeaders, out var request, out consumed, out var refusal))
        {
            case UpgradeReadStatus.NeedMore:
                return false;
            case UpgradeReadStatus.Done:
                request!.LocalEndPoint = connection.LocalEndPoint;
                request.HasProxyHeader = connection.Transport.IsProxied;
                pending = Decide(request);
                return true;
            case UpgradeReadStatus.Tls:
                connection.Drop(EndCause.TlsOnPlainPort, "TLS on a plain port");
                return true;
            default:
                Refuse(refusal!);
                return true;
        }
    }

    public override void Expire()
    {
        connection.Refuse(HttpRefusal.TimedOut, EndCause.HandshakeTimeout);
        // A peer that cannot receive the response, for example because its TLS handshake is not complete, gets no further time.
        if (connection.IsBlocked)
            connection.Transport.Close();
    }

    public override void Fail() => Refuse(HttpRefusal.PolicyFailed);

    private void Refuse(HttpRefusal refusal) => connection.Refuse(refusal, EndCause.HandshakeRefused);

    private ValueTask Decide(UpgradeRequest request)
    {
        try
        {
            var decision = handler.OnUpgrade(request);
            if (!decision.IsCompletedSuccessfully)
                return DecideSlow(decision, request);
            Apply(decision.Result, request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnHandlerFailed(e);
        }

        return default;
    }

    private async ValueTask DecideSlow(ValueTask<UpgradeDecision> decision, UpgradeRequest request)
    {
        try
        {
            Apply(await decision.ConfigureAwait(false), request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnHandlerFailed(e);
        }
    }

    private void OnHandlerFailed(Exception error)
    {
        new GuardedHandler(handler).Report(error);
        Fail();
    }

    private void Apply(UpgradeDecision decision, UpgradeRequest request)
    {
        if (decision.Refusal is not null)
        {
            Refuse(decision.Refusal);
            return;
        }

        Span<byte> extensions = stackalloc byte[DeflateElementWriter.MaxLength];
        if (!ServerAgreement.TryNegotiate(request, decision, options, ref extensions, out var agreement))
        {
            Refuse(HttpRefusal.BadExtensions);
            return;
        }

        Span<byte> head = stackalloc byte[UpgradeResponseWriter.AcceptedLength + extensions.Length + (decision.Subprotocol?.Length ?? 0)];
        head = head[..UpgradeResponseWriter.WriteAccepted(head, request.Key, decision.Subprotocol, extensions)];
        connection.Open(head, agreement);
    }
}

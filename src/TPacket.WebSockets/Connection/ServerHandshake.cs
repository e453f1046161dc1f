using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>The server's part: reads the request, has the application decide, and answers (RFC 6455, section 4.2).</summary>
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
                Refuse(refusal!, EndCause.HandshakeRefused);
                return true;
        }
    }

    public override void Expire() => connection.RefuseForTime(HttpRefusal.TimedOut);

    public override void Fail() => Refuse(HttpRefusal.PolicyFailed, EndCause.HandshakeRefused);

    private void Refuse(HttpRefusal refusal, EndCause cause) => connection.Refuse(refusal, cause);

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
            connection.Report(e);
            Fail();
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
            connection.Report(e);
            Fail();
        }
    }

    private void Apply(UpgradeDecision decision, UpgradeRequest request)
    {
        if (decision.Refusal is not null)
        {
            Refuse(decision.Refusal, EndCause.HandshakeRefused);
            return;
        }

        Span<byte> extensions = stackalloc byte[DeflateElementWriter.MaxLength];
        if (!ServerAgreement.TryReach(request, decision, options, ref extensions, out var agreement))
        {
            Refuse(HttpRefusal.BadExtensions, EndCause.HandshakeRefused);
            return;
        }

        Span<byte> head = stackalloc byte[UpgradeResponseWriter.AcceptedLength + extensions.Length + (decision.Subprotocol?.Length ?? 0)];
        head = head[..UpgradeResponseWriter.WriteAccepted(head, request.Key, decision.Subprotocol, extensions)];
        connection.Open(head, agreement);
    }
}

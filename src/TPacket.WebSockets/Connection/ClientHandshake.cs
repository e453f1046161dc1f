using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>A client's opening handshake: reads the response and checks it against the request (RFC 6455, section 4.1).</summary>
internal sealed class ClientHandshake(WebSocketConnection connection, WebSocketHandler handler, WebSocketOptions options, ClientOpening opening) : OpeningHandshake
{
    public override bool TryRead(ReadOnlySpan<byte> source, out int consumed, out ValueTask pending)
    {
        pending = default;
        var status = UpgradeResponseReader.TryRead(
            source, opening.Offer, options.MaxHandshakeHeadLength, options.MaxHandshakeHeaders, out var response, out var agreement, out consumed, out var violation);
        if (status == ResponseReadStatus.NeedMore)
            return false;
        Complete(status, response, agreement, violation);
        return true;
    }

    /// <summary>Opens or ends the connection after a complete response.</summary>
    public void Complete(ResponseReadStatus status, UpgradeResponse? response, UpgradeAgreement agreement, string? violation)
    {
        switch (status)
        {
            case ResponseReadStatus.Accepted:
                if (TryNotify(response!) && connection.Open([], agreement))
                    opening.OnOpened();
                break;
            case ResponseReadStatus.Refused:
                if (TryNotify(response!))
                    connection.Drop(EndCause.HandshakeRefused, $"{response!.StatusCode} {response.ReasonPhrase}");
                break;
            default:
                connection.Drop(EndCause.HandshakeRefused, violation!);
                break;
        }
    }

    public override void Expire() => connection.Drop(EndCause.HandshakeTimeout, "no answer in time");

    public override void Fail() => connection.Drop(EndCause.ClosedHere, Violations.HandlerFailed.Reason);

    public override void OnEnded(ConnectionEnd end, Exception? error) => opening.OnEnded(end, error);

    private bool TryNotify(UpgradeResponse response)
    {
        opening.Response = response;
        if (new GuardedHandler(handler).TryRespond(response))
            return true;
        Fail();
        return false;
    }
}

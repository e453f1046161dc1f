using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>The client's part: reads the response to a request that was sent, and holds it against that (RFC 6455, section 4.1).</summary>
internal sealed class ClientHandshake(WebSocketConnection connection, WebSocketHandler handler, WebSocketOptions options, ClientOpening opening) : OpeningHandshake
{
    public override bool TryRead(ReadOnlySpan<byte> source, out int consumed, out ValueTask pending)
    {
        pending = default;
        var status = UpgradeResponseReader.TryRead(
            source, opening.Offer, options.MaxHandshakeHeadLength, options.MaxHandshakeHeaders, out var response, out var agreement, out consumed, out var violation);
        if (status == ResponseReadStatus.NeedMore)
            return false;
        Conclude(status, response, agreement, violation);
        return true;
    }

    /// <summary>Acts on a response that is whole.</summary>
    public void Conclude(ResponseReadStatus status, UpgradeResponse? response, UpgradeAgreement agreement, string? violation)
    {
        switch (status)
        {
            case ResponseReadStatus.Accepted:
                if (TryTell(response!) && connection.Open([], agreement))
                    opening.OnOpened();
                break;
            case ResponseReadStatus.Refused:
                if (TryTell(response!))
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

    private bool TryTell(UpgradeResponse response)
    {
        opening.Response = response;
        try
        {
            handler.OnResponse(response);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.Report(e);
            Fail();
            return false;
        }
    }
}

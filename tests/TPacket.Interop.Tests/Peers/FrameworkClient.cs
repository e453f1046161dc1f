using System.Net.WebSockets;
using TPacket.Interop.Tests.Tls;

namespace TPacket.Interop.Tests.Peers;

/// <summary>.NET's <see cref="ClientWebSocket"/>.</summary>
public sealed class FrameworkClient : IPeerClient
{
    public Peer Connect(Uri uri, ClientOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var peer = new FrameworkPeer();
        _ = RunAsync(peer, uri, offer);
        return peer;
    }

    private static async Task RunAsync(FrameworkPeer peer, Uri uri, ClientOffer offer)
    {
        try
        {
            using var socket = new ClientWebSocket();
            foreach (var subprotocol in offer.Subprotocols)
                socket.Options.AddSubProtocol(subprotocol);
            socket.Options.DangerousDeflateOptions = offer.Deflate?.ForFramework();
            socket.Options.RemoteCertificateValidationCallback = static (_, certificate, _, errors) => TestCertificate.IsIt(certificate, errors);
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                using var deadline = Deadline.Start();
                await socket.ConnectAsync(uri, deadline.Token);
            }
            catch (WebSocketException) when (socket.HttpStatusCode != 0)
            {
                peer.Tell($"refused {(int)socket.HttpStatusCode}");
                return;
            }

            await peer.RunAsync(socket, socket.HttpResponseHeaders!.TryGetValue("Sec-WebSocket-Extensions", out var extensions) ? string.Join(", ", extensions) : null);
        }
        catch (Exception e)
        {
            // The test's wait throws it.
            peer.TellNoMore(e);
        }
    }
}

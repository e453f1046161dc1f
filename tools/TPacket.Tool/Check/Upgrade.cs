using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace TPacket.Tool.Check;

/// <summary>The steps upgrade, origin and compression (RFC 6455, section 4.1).</summary>
internal static class Upgrade
{
    private const int LongestHead = 32 * 1024;
    private const byte TlsAlert = 0x15;

    /// <summary>Sends the upgrade request.</summary>
    /// <returns>The response 101 and the bytes after it.</returns>
    /// <exception cref="StepFailedException">The server did not upgrade the connection.</exception>
    public static async Task<(UpgradeAnswer Answer, byte[] Behind)> AskAsync(Stream stream, CheckRequest request, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        byte[] received;
        try
        {
            received = await Step.WithinAsync(
                "upgrade",
                request,
                "the server did not answer the upgrade request",
                "The port may use another protocol or TLS. Try wss://.",
                async token =>
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(Request(request, key)), token);
                    return await ReadHeadAsync(stream, token);
                },
                cancellationToken);
        }
        catch (IOException)
        {
            received = [];
        }

        var end = received.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0 || UpgradeAnswer.Parse(Encoding.Latin1.GetString(received, 0, end)) is not { } answer)
            throw await NoHttpAsync(received, request, cancellationToken);
        if (answer.Status != 101)
            throw await IsPlainToTlsAsync(answer, request, cancellationToken) ? UseTls(request) : Refusals.Explain(answer, request);
        if (answer["Sec-WebSocket-Accept"] != Accept(key))
        {
            throw new StepFailedException("upgrade", "the server answered 101 without the right Sec-WebSocket-Accept",
                "A proxy or cache in between probably responded instead of the server. Configure it to forward WebSockets.");
        }

        return (answer, received[(end + 4)..]);
    }

    /// <summary>Returns the negotiated compression; null for none.</summary>
    public static WebSocketDeflateOptions? Deflate(UpgradeAnswer answer)
    {
        var agreed = answer["Sec-WebSocket-Extensions"];
        return !agreed.Contains("permessage-deflate", StringComparison.OrdinalIgnoreCase)
            ? null
            : new WebSocketDeflateOptions
            {
                ClientContextTakeover = !agreed.Contains("client_no_context_takeover", StringComparison.OrdinalIgnoreCase),
                ServerContextTakeover = !agreed.Contains("server_no_context_takeover", StringComparison.OrdinalIgnoreCase),
            };
    }

    private static string Request(CheckRequest request, string key)
    {
        var uri = request.Address;
        var text = new StringBuilder()
            .Append("GET ").Append(uri.PathAndQuery).Append(" HTTP/1.1\r\n")
            .Append("Host: ").Append(uri.IsDefaultPort ? uri.IdnHost : uri.Authority).Append("\r\n")
            .Append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .Append("Sec-WebSocket-Key: ").Append(key).Append("\r\n")
            .Append("Sec-WebSocket-Extensions: permessage-deflate\r\n");
        if (request.Origin is not null)
            text.Append("Origin: ").Append(request.Origin).Append("\r\n");
        foreach (var (name, value) in request.Headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return text.Append("\r\n").ToString();
    }

    private static async Task<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestHead];
        var length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                break;
            length += read;
        }

        return buffer[..length];
    }

    private static async Task<StepFailedException> NoHttpAsync(byte[] received, CheckRequest request, CancellationToken cancellationToken)
    {
        if (request.Address.Scheme == "ws" && (received is [TlsAlert, ..] || await TlsProbe.SpeaksTlsAsync(request, cancellationToken)))
            return UseTls(request);
        if (received.Length == 0 && request.Address.Scheme == "ws" && await ProxyProbe.ExpectsHeaderAsync(request, cancellationToken))
        {
            return new("upgrade", "the port expects a PROXY protocol header from a proxy",
                "Connect to the proxy in front of the server, or set ProxyProtocol of this endpoint to false.");
        }

        return received.Length == 0
            ? new("upgrade", "the server closed the connection without a response", "Check host and port, and the server's log. The server may be full or reject this address.")
            : new("upgrade", "the server's response is not HTTP/1.1", "The port belongs to another protocol. Check the port.");
    }

    // Servers that expect TLS often respond to plain HTTP with 400.
    private static async Task<bool> IsPlainToTlsAsync(UpgradeAnswer answer, CheckRequest request, CancellationToken cancellationToken) =>
        answer.Status == 400 && request.Address.Scheme == "ws" && await TlsProbe.SpeaksTlsAsync(request, cancellationToken);

    private static StepFailedException UseTls(CheckRequest request) =>
        new("upgrade", "the port uses TLS, but the address is ws://", $"Use {ServerAddress.With(request.Address, "wss").GetLeftPart(UriPartial.Path)}.");

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 requires SHA-1; it protects no secret.")]
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}

using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TPacket.Transports;
using TPacket.Transports.Tls;
using TPacket.WebSockets;

// Sends every message back, messages to 16 MiB, on loopback: [--port 9001] [--compression] [--certificate server.pem, for wss instead of ws]
var port = int.Parse(ValueOf("--port") ?? "9001", CultureInfo.InvariantCulture);
using var certificate = ValueOf("--certificate") is { } path ? CertificateSource.FromPem(path, path) : null;
var tls = certificate is null ? null : new TlsServerOptions { Certificate = certificate };
var compression = args.Contains("--compression") ? DeflateOptions.Default : null;
var options = WebSocketOptions.Default with { MaxMessageLength = 16 << 20, OutboundQueueBytes = 64 << 20, Compression = compression };

using var heartbeat = new Heartbeat(TimeProvider.System, TimeSpan.FromSeconds(1));
using var transport = Transport.CreateFastest();
await using var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, port));
listener.Start(
    accepted: connection => WebSocketConnection.Accept(tls is null ? connection : TlsConnection.AsServer(connection, tls), new Echo(), options, heartbeat),
    failed: error => Console.Error.WriteLine(error.Message));
Console.WriteLine($"Listening on {listener.EndPoint}.");

var stopped = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await stopped.Task;

string? ValueOf(string name) => args.SkipWhile(arg => arg != name).ElementAtOrDefault(1);

void Stop(PosixSignalContext context) => context.Cancel = stopped.TrySetResult();

internal sealed class Echo : WebSocketHandler
{
    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return default;
    }
}

using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TPacket.Transports;
using TPacket.WebSockets;

// Sends every message back: --port 9001 on loopback, messages to 16 MiB.
var port = args is ["--port", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 9001;
var options = WebSocketOptions.Default with { MaxMessageLength = 16 << 20, OutboundQueueBytes = 64 << 20 };

using var heartbeat = new Heartbeat(TimeProvider.System, TimeSpan.FromSeconds(1));
using var transport = Transport.CreateFastest();
await using var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, port));
listener.Start(
    accepted: connection => WebSocketConnection.Accept(connection, new Echo(), options, heartbeat),
    failed: error => Console.Error.WriteLine(error.Message));
Console.WriteLine($"Listening on {listener.EndPoint}.");

var stopped = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await stopped.Task;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}

internal sealed class Echo : WebSocketHandler
{
    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return default;
    }
}

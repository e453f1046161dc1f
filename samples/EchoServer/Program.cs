using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TPacket.Transports;
using TPacket.WebSockets;

// Echoes messages of up to 16 MiB, on the loopback address. Arguments: [--port 9001] [--compression] [--certificate server.pem, for wss instead of ws]
var reporting = 0;
try
{
    await RunAsync();
    return 0;
}
catch (Exception e)
{
    // Invalid arguments, a port in use or an unreadable certificate: print the reason without a stack trace.
    Console.Error.WriteLine(e.Message.ReplaceLineEndings(" "));
    return 1;
}

async Task RunAsync()
{
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
        failed: Report);

    var stopped = new TaskCompletionSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    // Printed after the registration of the handlers, because a reader of this line may send a signal at once.
    Console.WriteLine($"Listening on {listener.EndPoint}.");
    await stopped.Task;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stopped.TrySetResult();
    }
}

// Called on an event loop, which must not wait for the console. Writes on the thread pool, one report at a time, and drops reports meanwhile.
void Report(Exception error)
{
    if (Interlocked.Exchange(ref reporting, 1) != 0)
        return;
    _ = Task.Run(() =>
    {
        Console.Error.WriteLine(error.Message);
        Volatile.Write(ref reporting, 0);
    });
}

string? ValueOf(string name) => args.SkipWhile(arg => arg != name).ElementAtOrDefault(1);

internal sealed class Echo : WebSocketHandler
{
    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return default;
    }
}

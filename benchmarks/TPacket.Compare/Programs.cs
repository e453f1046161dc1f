using System.Globalization;

namespace TPacket.Compare;

/// <summary>The servers that are measured. They have the first processor to themselves where nothing else is said; the load has the second.</summary>
internal static class Programs
{
    private const int ServerProcessor = 0;

    public static ServerProcess EchoServer() => ServerProcess.Start("EchoServer", ServerProcessor, "--port", "0");

    public static ServerProcess ConsoleHost() => ConsoleHost(ServerProcessor, eventLoops: 0);

    public static ServerProcess EchoServerOverTls(string certificate) => ServerProcess.Start("EchoServer", ServerProcessor, "--port", "0", "--certificate", certificate);

    public static ServerProcess ConsoleHostOverTls(string certificate) => ServerProcess.Start(
        "TPacket.ConsoleHost",
        ServerProcessor,
        "--TPacket:Endpoints:0:Address=127.0.0.1",
        "--TPacket:Endpoints:0:Port=0",
        $"--TPacket:Endpoints:0:Certificate={certificate}",
        "--TPacket:MaxConnections=100000",
        "--TPacket:MaxConnectionsPerAddress=0");

    /// <summary>The sample host with its own options, but for connections, since all of a load's come from one address, and for the limit of a client's packets, which a load exceeds.</summary>
    public static ServerProcess ConsoleHost(int? processor, int eventLoops) => ServerProcess.Start(
        "TPacket.ConsoleHost",
        processor,
        "--TPacket:Address=127.0.0.1",
        "--TPacket:Port=0",
        "--TPacket:MaxConnections=100000",
        "--TPacket:MaxConnectionsPerAddress=0",
        "--TPacket:PacketsPerSecond=0",
        $"--TPacket:EventLoops={eventLoops.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>The sample host for load, with further options.</summary>
    public static ServerProcess ConsoleHost(params ReadOnlySpan<string> arguments) => ServerProcess.Start(
        "TPacket.ConsoleHost", ServerProcessor, ["--TPacket:Address=127.0.0.1", "--TPacket:Port=0", "--TPacket:MaxConnections=100000", "--TPacket:MaxConnectionsPerAddress=0", "--TPacket:PacketsPerSecond=0", .. arguments]);

    /// <summary>A server with rooms that have rules.</summary>
    public static ServerProcess RulesHost() => ServerProcess.Start("TPacket.Benchmarks", ServerProcessor, "--serve");

    /// <summary>A SignalR hub with Redis as its backplane, which has to be built before: TPacket.SignalR is not part of the solution.</summary>
    public static ServerProcess SignalR(string redis) => ServerProcess.Start("TPacket.SignalR", ServerProcessor, redis);

    public static ServerProcess Peer(params ReadOnlySpan<string> arguments) => ServerProcess.Start("TPacket.Peers", ServerProcessor, arguments);
}

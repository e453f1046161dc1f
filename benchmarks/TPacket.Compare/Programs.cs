using System.Globalization;

namespace TPacket.Compare;

/// <summary>Starts the measured servers. By default a server runs on the first processor and the load on the second.</summary>
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

    /// <summary>
    /// Starts the sample host with its default options, except for the limits that a load exceeds: connections from one address and packets of a client.
    /// </summary>
    public static ServerProcess ConsoleHost(int? processor, int eventLoops) => ServerProcess.Start(
        "TPacket.ConsoleHost",
        processor,
        "--TPacket:Address=127.0.0.1",
        "--TPacket:Port=0",
        "--TPacket:MaxConnections=100000",
        "--TPacket:MaxConnectionsPerAddress=0",
        "--TPacket:PacketsPerSecond=0",
        $"--TPacket:EventLoops={eventLoops.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Starts the sample host for load, with additional options.</summary>
    public static ServerProcess ConsoleHost(params ReadOnlySpan<string> arguments) => ServerProcess.Start(
        "TPacket.ConsoleHost", ServerProcessor, ["--TPacket:Address=127.0.0.1", "--TPacket:Port=0", "--TPacket:MaxConnections=100000", "--TPacket:MaxConnectionsPerAddress=0", "--TPacket:PacketsPerSecond=0", .. arguments]);

    /// <summary>Starts a server with rules.</summary>
    public static ServerProcess RulesHost() => ServerProcess.Start("TPacket.Benchmarks", ServerProcessor, "--serve");

    /// <summary>Starts a SignalR hub with Redis as its backplane. TPacket.SignalR must be built before, because it is not part of the solution.</summary>
    public static ServerProcess SignalR(string redis) => ServerProcess.Start("TPacket.SignalR", ServerProcessor, redis);

    public static ServerProcess Peer(params ReadOnlySpan<string> arguments) => ServerProcess.Start("TPacket.Peers", ServerProcessor, arguments);
}

using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

public class TranscriptTests
{
    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Auto)]
    public async Task The_server_answers_recorded_clients_with_the_recorded_packets(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await new Transcript().ReplayAsync(() => server.ConnectAsync());
    }
}

using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

public class ServingTests
{
    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task A_mapped_path_answers_recorded_clients_with_the_recorded_packets(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await new Transcript().ReplayAsync(() => app.ConnectAsync());
    }
}

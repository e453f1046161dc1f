using System.Net;
using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

public sealed class WebChatTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task The_page_is_served_from_any_working_directory()
    {
        await using var sample = await SampleProcess.StartWebChatAsync(_deadline.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{sample.EndPoint}/") };
        foreach (var file in new[] { "", "chat.js", "chat.css", "icon.svg", "tpacket-client.min.js" })
        {
            using var response = await http.GetAsync(file, _deadline.Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.StartsWith("default-src 'none'; script-src 'self'; ", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        Assert.Equal("[]", await http.GetStringAsync("rooms", _deadline.Token));
        if (OperatingSystem.IsWindows())
            return;
        var ended = await sample.StopAsync(PosixSignal.SIGINT, _deadline.Token);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
    }

    [Fact]
    public async Task Rooms_are_kept_in_the_users_own_data()
    {
        if (OperatingSystem.IsWindows())
            return;
        var home = Directory.CreateTempSubdirectory("tpacket-webchat-");
        try
        {
            await using (var sample = await SampleProcess.StartWebChatAsync(home.FullName, _deadline.Token))
            {
                var ended = await sample.StopAsync(PosixSignal.SIGTERM, _deadline.Token);
                Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
            }

            var file = Assert.Single(home.GetFiles("chat.db", SearchOption.AllDirectories));
            Assert.Equal("TPacket.WebChat", file.Directory!.Name);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Handshake;

/// <summary>A handshake policy that throws is the application's error: the client gets 500, and the exception is logged.</summary>
public class HandshakePolicyTests
{
    [Theory]
    [InlineData("/throws")]
    [InlineData("/throws-later")]
    [InlineData("/subprotocol")]
    public async Task A_policy_that_fails_is_answered_with_500_and_logged(string path)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseHandshakePolicy<BrokenPolicy>());
        using var peer = await server.ConnectRawAsync();
        await peer.SendAsync(RawClient.UpgradeRequest(path));
        Assert.StartsWith("HTTP/1.1 500 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);

        var failed = await server.Logs.FirstAsync(static e => e.Id == 1120);
        Assert.Equal(LogLevel.Error, failed.Level);
        Assert.IsType<InvalidOperationException>(failed.Error);
        Assert.Contains(peer.LocalEndPoint.ToString()!, failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Logs.All, static e => e.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("Origin: http://xn--£s8h.example\r\n")]
    [InlineData("Origin: http://localhost\r\nX-Forwarded-Host: xn--£\r\n")]
    [InlineData("Origin: http://[::1\r\n")]
    [InlineData("Origin: \u2028\r\n")]
    public async Task The_default_policy_throws_for_no_origin(string headers)
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await server.ConnectRawAsync();
        await peer.SendAsync(RawClient.UpgradeRequest(extraHeaders: headers));
        Assert.Matches("^HTTP/1.1 (101|403) ", await peer.ReadHeadAsync());
        Assert.DoesNotContain(server.Logs.All, static e => e.Level >= LogLevel.Error);
    }

    private sealed class BrokenPolicy : IHandshakePolicy
    {
        public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
        {
            if (request.Path == "/throws-later")
                await Task.Yield();
            return request.Path == "/subprotocol" ? HandshakeDecision.AcceptWith("nobody's") : throw new InvalidOperationException("broken");
        }
    }
}

using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>One client against every server, over every wire. The client for .NET is the other member of the room.</summary>
public abstract class MatrixTests(IClientPlatform platform)
{
    private const int Lines = 20;

    private static readonly DotNetPlatform _dotNet = new();
    private static readonly string _long = new('a', 250);

    /// <summary>Signs in, joins, talks both ways, loses the connection, resumes, and receives a leave.</summary>
    protected async Task RunAsync(ServerKind kind, Wire wire)
    {
        var tls = wire == Wire.Tls || (wire == Wire.Compressed && kind == ServerKind.KestrelHttp2 && platform.IsBrowser);
        await using var server = await MatrixServer.StartAsync(kind, compression: wire == Wire.Compressed, tls);
        await using var relay = Relay.Start(server.EndPoint);
        var uri = new Uri($"{(tls ? "wss" : "ws")}://{relay.EndPoint}/");
        // Reconnects without delay: the tests wait for them.
        var options = new { http2 = kind == ServerKind.KestrelHttp2, compression = wire == Wire.Compressed, reconnect = new { initialDelay = 10, maxDelay = 100 } };
        var (alice, bob) = (new SteeredClient(platform, uri, options), new SteeredClient(_dotNet, uri, options));
        try
        {
            await alice.EnterAsync("alice", "lobby");
            await bob.EnterAsync("bob", "lobby");
            await alice.TellsAsync("joined bob");

            await TalkAsync(alice, bob, relay, wire);

            relay.Cut();
            await alice.ReachesAsync("state ready lobby");
            // The client sends nothing before.
            await bob.ReachesAsync("state ready lobby");
            bob.Call("say", "again");
            await alice.ReachesAsync("message bob again");
            alice.Call("roster");
            Assert.Contains(await alice.ReachesAnyAsync("roster "), new[] { "roster alice bob self alice", "roster bob alice self alice" });
            bob.Call("close");
            await alice.ReachesAsync("left bob");
        }
        finally
        {
            alice.Call("close");
            bob.Call("close");
        }
    }

    private static async Task TalkAsync(SteeredClient alice, SteeredClient bob, Relay relay, Wire wire)
    {
        var (toServer, toClients) = (relay.ToServer, relay.ToClients);
        for (var i = 0; i < Lines; i++)
        {
            alice.Call("say", _long);
            await alice.TellsAsync($"message alice {_long}");
            await bob.TellsAsync($"message alice {_long}");
        }

        // Each direction is counted: the lines have passed once to the server, and then to two members.
        AssertCompressed(relay.ToServer - toServer, Lines * _long.Length);
        AssertCompressed(relay.ToClients - toClients, 2 * Lines * _long.Length);

        void AssertCompressed(long passed, int said) => Assert.True(
            wire == Wire.Compressed == passed < said / 2, $"{said} bytes were said, and {passed} have passed.");

        bob.Call("say", "grüße 你好 😀");
        await bob.TellsAsync("message bob grüße 你好 😀");
        await alice.TellsAsync("message bob grüße 你好 😀");
    }
}

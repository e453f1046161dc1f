using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Tests.Harness;

/// <summary>The scene that tests of receipts share: a server without rate limits that broadcasts the command <see cref="Shout"/>.</summary>
public abstract class ReceiptScene
{
    private protected const int Shout = 300;

    /// <summary>Enters as a client that accepts receipts and does not follow the log.</summary>
    private protected static async Task<TestClient> JoinAsync(TestServer server, string nick)
    {
        var client = await server.SignInAsync(nick);
        await client.AcceptAsync(Wire.Receipt);
        await client.JoinAsync("room");
        return client;
    }

    private protected static FlakyStore StoreOf(TestServer server) => (FlakyStore)server.Services.GetRequiredService<IRoomStore>();

    private protected static Task<TestServer> StartAsync(Action<ITPacketServerBuilder>? build = null, Action<TPacketServerOptions>? options = null, TimeProvider? time = null) => TestServer.StartAsync(
        o =>
        {
            o.PacketsPerSecond = 0;
            options?.Invoke(o);
        },
        b =>
        {
            b.AddCommand(Shout, static async context => await context.BroadcastAsync(Shout));
            build?.Invoke(b);
        },
        time);
}

using System.Net;
using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests.Harness;

/// <summary>A server with games, on a port that the system picks.</summary>
internal sealed class GameServer : IAsyncDisposable
{
    private readonly IHost _host;

    private GameServer(IHost host) => _host = host;

    public IPEndPoint EndPoint => (IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0];

    public Uri Uri => new($"ws://{EndPoint}/");

    public IRoomDirectory Rooms => _host.Services.GetRequiredService<IRoomDirectory>();

    public static async Task<GameServer> StartAsync(TimeProvider? time = null, Action<ITPacketServerBuilder>? build = null, Action<TPacketServerOptions>? options = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (time is not null)
            builder.Services.AddSingleton(time);
        var games = builder.Services.AddTPacketServer(all =>
        {
            (all.Address, all.Port, all.AllowRoomChange) = ("127.0.0.1", 0, true);
            options?.Invoke(all);
        }).AddGame<CheckersGame>("checkers-*").AddGame<RockPaperScissors>("hands-*").AddMatchmaking("lobby", static all =>
        {
            all.Games.Add("checkers-");
            all.Rating = static (_, _, claimed) => claimed;
        });
        build?.Invoke(games);
        var server = new GameServer(builder.Build());
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        return server;
    }

    /// <summary>Signs in, and accepts the commands of games.</summary>
    public async Task<TestClient> SignInAsync(string nick)
    {
        var client = await TestClient.ConnectAsync(Uri);
        await client.SignInAsync(nick);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.AcceptCommands, "", GameCommand.Game, GameCommand.Matchmaking)).Command);
        return client;
    }

    /// <summary>Ends connections and leaves the sessions of their users in the store.</summary>
    public async Task StopAsync()
    {
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _host.StopAsync(abandoned.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}

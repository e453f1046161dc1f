using System.Net;
using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests;

/// <summary>A server with games, on a port that the system picks.</summary>
internal sealed class GameServer : IAsyncDisposable
{
    private readonly IHost _host;

    private GameServer(IHost host) => _host = host;

    private Uri Uri => new($"ws://{(IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/");

    public static async Task<GameServer> StartAsync(TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddTPacketServer(options => (options.Address, options.Port, options.AllowRoomChange) = ("127.0.0.1", 0, true))
            .AddGame<CheckersGame>("checkers-*").AddGame<RockPaperScissors>("hands-*").AddMatchmaking("lobby", options => options.Games.Add("checkers-"));
        var server = new GameServer(builder.Build());
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        return server;
    }

    /// <summary>Signs in, and asks for the commands of games.</summary>
    public async Task<TestClient> SignInAsync(string nick)
    {
        var client = await TestClient.ConnectAsync(Uri);
        await client.SignInAsync(nick);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.AcceptCommands, "", GameCommand.Game, GameCommand.Matchmaking)).Command);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _host.StopAsync(abandoned.Token);
        _host.Dispose();
    }
}

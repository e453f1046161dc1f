using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Harness;

/// <summary>A server in a host of its own, with commands of an application, and its clients.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>The server echoes this command with its parameters and data.</summary>
    public const int Echo = 256;

    /// <summary>The host broadcasts this command.</summary>
    public const int Broadcast = 257;

    /// <summary>The server refuses this command with -1042.</summary>
    public const int Refuse = 258;

    /// <summary>The server does not answer this command.</summary>
    public const int Ignore = 259;

    /// <summary>The server appends this command to the room's log as <see cref="Broadcast"/>.</summary>
    public const int Append = 260;

    private readonly IHost _host;
    private readonly List<TPacketClient> _clients = [];

    private TestServer(IHost host) => _host = host;

    public IPEndPoint EndPoint => (IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0];

    public Uri Uri => new($"ws://{EndPoint}/");

    public static async Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var tPacket = builder.Services
            .AddTPacketServer(o =>
            {
                o.Address = "127.0.0.1";
                o.Port = 0;
                options?.Invoke(o);
            })
            .AddCommand(Echo, static context =>
            {
                context.Reply(context.Command, context.P1, context.P2, context.Data.Span);
                return ValueTask.CompletedTask;
            })
            .AddCommand(Refuse, static context =>
            {
                context.ReplyError((PacketErrorCode)(-1042), "Not your turn.");
                return ValueTask.CompletedTask;
            })
            .AddCommand(Ignore, static _ => ValueTask.CompletedTask)
            .AddCommand(Append, static async context => await context.BroadcastAsync(Broadcast, context.P1, context.P2, context.Data));
        configure?.Invoke(tPacket);
        var server = new TestServer(builder.Build());
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        return server;
    }

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IRoom Room(string name) => _host.Services.GetRequiredService<IRoomDirectory>().Find(name)!;

    public IUser User(string nick) => _host.Services.GetRequiredService<IUserDirectory>().Users.Single(user => user.Nick == nick);

    /// <summary>Creates a client that reconnects at once. The server disposes of it.</summary>
    public TPacketClient Client(Action<TPacketClientOptions>? configure = null, Uri? address = null)
    {
        var client = new TPacketClient(address ?? Uri, Hasty(configure));
        _clients.Add(client);
        return client;
    }

    /// <summary>Creates a client and enters a room.</summary>
    public async Task<TPacketClient> EnterAsync(string nick, string? room = "lobby", Action<TPacketClientOptions>? configure = null)
    {
        var client = Client(configure);
        await client.ConnectAsync(nick, room);
        return client;
    }

    public async Task StopAsync()
    {
        using var deadline = Deadline.Start();
        await _host.StopAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await StopAsync();
        _host.Dispose();
    }

    internal static TPacketClientOptions Hasty(Action<TPacketClientOptions>? configure)
    {
        var options = new TPacketClientOptions
        {
            Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(10) },
        };
        configure?.Invoke(options);
        return options;
    }
}

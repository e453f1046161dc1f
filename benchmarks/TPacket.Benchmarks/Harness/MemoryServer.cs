using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Hosting;

namespace TPacket.Benchmarks.Harness;

/// <summary>
/// The whole server on null transports, with default options except for the limits of clients' packets. By default its clock stands still, so that no client is pinged or timed out during a long
/// run.
/// </summary>
internal sealed class MemoryServer
{
    /// <summary>An application's command that is answered with RESP_OK.</summary>
    public const int OwnCommand = 300;

    private readonly ServiceProvider _services;

    public MemoryServer(Action<TPacketServerOptions>? configure = null, TimeProvider? timeProvider = null, Action<ITPacketServerBuilder>? build = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(timeProvider ?? new FakeTimeProvider());
        var server = services.AddTPacketServer(options =>
            {
                (options.AllowRoomChange, options.PacketsPerSecond) = (true, 0);
                configure?.Invoke(options);
            })
            .AddCommand(
                OwnCommand,
                static context =>
                {
                    context.ReplyOk();
                    return ValueTask.CompletedTask;
                },
                inline: true);
        build?.Invoke(server);
        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    /// <summary>Returns an open room.</summary>
    public IRoom Room(string name) => _services.GetRequiredService<IRoomDirectory>().Find(name)!;

    /// <summary>Opens a room and keeps it open, so that users enter it synchronously, even if it has rules.</summary>
    public void Open(string room) => _ = _services.GetRequiredService<IRoomDirectory>().OpenAsync(room).AsTask().GetAwaiter().GetResult();

    /// <summary>Creates a client that is signed in.</summary>
    public NullTransport SignIn(string nick)
    {
        var client = new NullTransport();
        _services.GetRequiredService<ConnectionAcceptor>().Accept(client);
        client.Receive(ClientBytes.Upgrade);
        client.Receive(ClientBytes.Packet(PacketCommand.Nop, "magic string :)"));
        client.Receive(ClientBytes.Packet(PacketCommand.SetUserNick, nick));
        return client;
    }

    /// <summary>Creates a client that is signed in and in a room.</summary>
    /// <param name="nick">The client's nick.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="accept">A command that the client accepts before it enters; null for none.</param>
    public NullTransport Enter(string nick, string room, int? accept = null)
    {
        var client = SignIn(nick);
        if (accept is { } command)
            client.Receive(ClientBytes.Packet(PacketCommand.AcceptCommands, p1: command, p2: command));
        client.Receive(ClientBytes.Packet(PacketCommand.SetRoom, room));
        if (!Room(room).Members.Any(member => member.Nick == nick))
            throw new InvalidOperationException($"{nick} did not enter {room}.");
        return client;
    }
}

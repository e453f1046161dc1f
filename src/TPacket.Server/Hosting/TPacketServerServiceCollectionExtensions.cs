using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Cluster;
using TPacket.Server.Commands;
using TPacket.Server.Diagnostics;
using TPacket.Server.Hosting;
using TPacket.Server.Moderation;
using TPacket.Server.Nicks;
using TPacket.Server.Options;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Observers;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Rooms.Turns;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Rules.Waking;
using TPacket.Server.Sessions;
using TPacket.Server.Sessions.Packets;
using TPacket.Server.Sessions.Resumption;
using TPacket.Server.Sessions.SignIn;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Stores.Tracing;
using TPacket.Transports;
using TPacket.WebSockets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a tPacket server to a host.</summary>
public static class TPacketServerServiceCollectionExtensions
{
    /// <summary>
    /// Adds a tPacket server that runs with the host. Its options come from the configuration section <c>TPacket</c>,
    /// then from <paramref name="configure"/>. The method registers the default stores, policies, transport and clock only if
    /// the host has not registered those services. A host has one server: later calls only add their <paramref name="configure"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code; they override the configuration.</param>
    public static ITPacketServerBuilder AddTPacketServer(this IServiceCollection services, Action<TPacketServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = new TPacketServerBuilder(services);
        if (services.All(static service => service.ServiceType != typeof(TPacketServer)))
            AddServer(builder);
        if (configure is not null)
            services.Configure(configure);
        return builder;
    }

    private static void AddServer(TPacketServerBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<TPacketServerOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<TPacketServerOptions>, TPacketServerOptionsSetup>();
        services.AddSingleton<IValidateOptions<TPacketServerOptions>, TPacketServerOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateTransport);
        services.TryAddSingleton<OriginPolicy>();
        services.TryAddSingleton<IHandshakePolicy>(static provider => provider.GetRequiredService<OriginPolicy>());
        services.TryAddSingleton<UniqueNickPolicy>();
        services.TryAddSingleton<INickPolicy>(static provider => provider.GetRequiredService<UniqueNickPolicy>());
        services.TryAddSingleton<IRoomStore, InMemoryRoomStore>();
        services.TryAddSingleton<IUserIdStore, InMemoryUserIdStore>();
        services.TryAddSingleton<ISessionStore, InMemorySessionStore>();

        services.TryAddSingleton(static provider => new LogQueue(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<TPacketServerOptions>>()));
        QueueLogOf<TPacketServer>(services);
        QueueLogOf<ConnectionAcceptor>(services);
        QueueLogOf<OriginPolicy>(services);
        QueueLogOf<Session>(services);
        QueueLogOf<UserSessions>(services);
        QueueLogOf<RoomRegistry>(services);
        QueueLogOf<RoomObservers>(services);
        QueueLogOf<PendingLeaves>(services);
        QueueLogOf<TurnDeadline>(services);
        QueueLogOf<ClosedRoomWaker>(services);
        QueueLogOf<LimitReload>(services);
        QueueLogOf<ModerationCommand>(services);
        QueueLogOf<InMemoryRoomStore>(services);

        services.AddSingleton(new ServiceLifetimes(services));
        services.AddSingleton<ServerParts>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<ServerActivities>();
        services.AddSingleton<TracedRoomStore>();
        services.AddSingleton<TracedUserIdStore>();
        services.AddSingleton<TracedSessionStore>();
        services.AddSingleton<UserRegistry>();
        services.AddSingleton<IUserDirectory>(static provider => provider.GetRequiredService<UserRegistry>());
        services.AddSingleton<LeavingNicks>();
        services.AddSingleton<NickReservations>();
        services.AddSingleton<NickChange>();
        services.AddSingleton<NickTakeover>();
        services.AddSingleton<NickSuccession>();
        services.AddSingleton<PresenceTimer>();
        services.AddSingleton<StoreDeadline>();
        services.AddSingleton<TurnDeadline>();
        services.AddSingleton<PendingLeaves>();
        services.AddSingleton<RoomObservers>();
        services.AddSingleton(static provider => new RulesTable(provider.GetServices<RulesRegistration>(), provider));
        services.AddSingleton<WakeTimer>();
        services.AddSingleton<ClosedRoomWaker>();
        services.AddSingleton<RoomRegistry>();
        services.AddSingleton<RoomMoves>();
        services.AddSingleton<IRoomDirectory>(static provider => provider.GetRequiredService<RoomRegistry>());
        services.AddSingleton<OwnedRooms>();
        services.AddSingleton<ServerStatus>();
        services.AddSingleton<ClusterRequestHandler>();
        services.AddSingleton(static provider => new ServerCluster(
            provider.GetRequiredService<ClusterRequestHandler>(),
            provider.GetService<IServerLink>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<TPacketServerOptions>>()));
        services.AddSingleton<ICluster>(static provider => provider.GetRequiredService<ServerCluster>());
        services.AddSingleton<IClusterAdmin, ClusterAdmin>();
        services.AddSingleton(static provider => new CommandTable(
            provider.GetServices<CommandRegistration>(),
            provider.GetServices<FilterRegistration>(),
            provider.GetRequiredService<ServerParts>(),
            provider.GetRequiredService<IOptions<TPacketServerOptions>>()));
        services.AddSingleton(static provider => new Heartbeat(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value.HeartbeatPeriod));
        services.AddSingleton<ReplayBudget>();
        services.AddSingleton<UserSessions>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<AwayUserLeave>();
        services.AddSingleton<SessionMigration>();
        services.AddSingleton<SessionEnd>();
        services.AddSingleton<SessionExpiry>();
        services.AddSingleton<SessionBegin>();
        services.AddSingleton<SessionAbsence>();
        services.AddSingleton<SessionHandover>();
        services.AddSingleton<SessionResumption>();
        services.AddSingleton<SessionRestore>();
        services.AddSingleton<ConnectionLimits>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<ISessionOwner>(static provider => provider.GetRequiredService<OpenConnections>());
        services.AddSingleton<UserLeave>();
        services.AddSingleton<HandshakeCall>();
        services.AddSingleton<SessionFaults>();
        services.AddSingleton<SessionCleanup>();
        services.AddSingleton<PacketDispatcher>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<ConnectionAcceptor>();
        services.AddSingleton<HttpConnectionAcceptor>();
        services.AddSingleton<ConnectionDrain>();
        services.AddSingleton<LimitReload>();
        services.AddSingleton(CreateServer);
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<TPacketServer>());

        services.AddCommandHandler<NopCommand>((int)PacketCommand.Nop, CommandScope.Client, inline: true);
        services.AddCommandHandler<SetUserNickCommand>((int)PacketCommand.SetUserNick, CommandScope.Client, inline: true);
        services.AddCommandHandler<SetRoomCommand>((int)PacketCommand.SetRoom, CommandScope.Client, inline: true);
        services.AddCommandHandler<NewMessageCommand>((int)PacketCommand.NewMsg, CommandScope.Client, inline: true);
        services.AddCommandHandler<AcceptCommandsCommand>((int)PacketCommand.AcceptCommands, CommandScope.Client, inline: true);
        services.AddCommandHandler<SessionCommand>((int)PacketCommand.Session, CommandScope.Client, inline: true);
        services.AddCommandHandler<ResumeCommand>((int)PacketCommand.Resume, CommandScope.Client, inline: true);
    }

    /// <summary>Registers a queued logger for a category: the engine logs on event loops, which must not wait for a reader of the log.</summary>
    internal static void QueueLogOf<T>(IServiceCollection services) =>
        services.AddSingleton<ILogger<T>>(static provider => new QueuedLogger<T>(provider.GetRequiredService<LogQueue>(), provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));

    private static TPacketServer CreateServer(IServiceProvider provider)
    {
        var acceptor = provider.GetRequiredService<ConnectionAcceptor>();
        provider.GetRequiredService<RoomObservers>().Create();
        return new TPacketServer(
            provider.GetRequiredService<Transport>(),
            acceptor,
            provider.GetRequiredService<HttpConnectionAcceptor>(),
            provider.GetRequiredService<ConnectionLimits>(),
            provider.GetRequiredService<ConnectionDrain>(),
            provider.GetRequiredService<SessionExpiry>(),
            provider.GetRequiredService<SessionRestore>(),
            new NickLossHandler(provider.GetService<INickStore>(), provider.GetRequiredService<UserRegistry>()),
            provider.GetRequiredService<ServerCluster>(),
            provider.GetRequiredService<ClusterRequestHandler>(),
            provider.GetRequiredService<ServerStatus>(),
            provider.GetRequiredService<ClosedRoomWaker>(),
            provider.GetRequiredService<LimitReload>(),
            provider.GetRequiredService<ServerMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<TPacketServerOptions>>(),
            provider.GetRequiredService<ILogger<TPacketServer>>(),
            provider.GetRequiredService<LogQueue>());
    }

    private static Transport CreateTransport(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value;
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        return options.Transport == TransportKind.Sockets
            ? new SocketTransport(timeProvider, options.ToTransportOptions())
            : Transport.CreateFastest(options.EventLoops, timeProvider, options.ToTransportOptions());
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Hosting;
using TPacket.Server.Rules;

namespace TPacket.Server;

/// <summary>Commands, filters and replacements for a tPacket server.</summary>
public static class TPacketServerBuilderExtensions
{
    /// <summary>Handles a command with a class, which is created once, with the server; its constructor takes services.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="command">
    /// 256 or more for an application's own; 64 to 127 for those of games; or one of the original protocol, 0 to 8, whose handler is replaced. What the built-in handlers do, <see cref="CommandContext"/> offers to others.
    /// </param>
    /// <param name="scope">What the handler has to itself while it runs.</param>
    /// <param name="inline">Whether the handler never blocks a thread. It may then run on the thread that reads the sockets; otherwise it runs on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    public static ITPacketServerBuilder AddCommand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this ITPacketServerBuilder builder, int command, CommandScope scope = CommandScope.Room, bool inline = false)
        where THandler : class, ICommandHandler
    {
        ThrowIfReserved(command);
        return builder.AddHandler<THandler>(command, scope, inline);
    }

    /// <summary>Handles a command with a lambda.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="command">
    /// 256 or more for an application's own; 64 to 127 for those of games; or one of the original protocol, 0 to 8, whose handler is replaced. What the built-in handlers do, <see cref="CommandContext"/> offers to others.
    /// </param>
    /// <param name="handle">Handles a packet; see <see cref="ICommandHandler.HandleAsync"/>.</param>
    /// <param name="scope">What the handler has to itself while it runs.</param>
    /// <param name="inline">Whether the handler never blocks a thread. It may then run on the thread that reads the sockets; otherwise it runs on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    public static ITPacketServerBuilder AddCommand(
        this ITPacketServerBuilder builder, int command, Func<CommandContext, ValueTask> handle, CommandScope scope = CommandScope.Room, bool inline = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handle);
        ThrowIfReserved(command);
        builder.Services.AddSingleton(new CommandRegistration(command, scope, inline, _ => new DelegateCommandHandler(handle)));
        return builder;
    }

    /// <summary>Puts a filter around every packet, inside of those that were added before.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    public static ITPacketServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(this ITPacketServerBuilder builder, bool inline = false)
        where TFilter : class, IPacketFilter
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new FilterRegistration(inline, static services => ActivatorUtilities.CreateInstance<TFilter>(services)));
        return builder;
    }

    /// <summary>Puts a filter that is a lambda around every packet, inside of those that were added before.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="invoke">Handles a packet on its way; see <see cref="IPacketFilter.InvokeAsync"/>.</param>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    public static ITPacketServerBuilder AddFilter(this ITPacketServerBuilder builder, Func<CommandContext, PacketDelegate, ValueTask> invoke, bool inline = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(invoke);
        builder.Services.AddSingleton(new FilterRegistration(inline, _ => new DelegatePacketFilter(invoke)));
        return builder;
    }

    /// <summary>Gives rooms their rules. Members who accept the command act by it and receive what they may see.</summary>
    /// <typeparam name="TRules">The rules; the server creates one instance when it starts. The constructor can take services.</typeparam>
    /// <param name="builder">The server.</param>
    /// <param name="rooms">The names of the rooms: <c>*</c> stands for any characters, <c>?</c> for one. Of several patterns that match, the one that was added first counts.</param>
    /// <param name="command">256 or more, or 64 to 127 for games; rules of different rooms may share one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The command is not the application's.</exception>
    public static ITPacketServerBuilder AddRules<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRules>(this ITPacketServerBuilder builder, string rooms, int command)
        where TRules : RoomRules =>
        builder.AddRules(rooms, command, static services => ActivatorUtilities.CreateInstance<TRules>(services));

    /// <summary>Gives rooms their rules, by an instance.</summary>
    /// <inheritdoc cref="AddRules{TRules}(ITPacketServerBuilder, string, int)"/>
    /// <param name="builder"/><param name="rooms"/><param name="command"/>
    /// <param name="rules">The rules.</param>
    public static ITPacketServerBuilder AddRules(this ITPacketServerBuilder builder, string rooms, int command, RoomRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return builder.AddRules(rooms, command, _ => rules);
    }

    /// <summary>Adds an observer of all rooms. The server creates one instance when it starts; the constructor can take services.</summary>
    public static ITPacketServerBuilder AddRoomObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(this ITPacketServerBuilder builder)
        where TObserver : class, IRoomObserver
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IRoomObserver, TObserver>();
        return builder;
    }

    /// <summary>Keeps rooms in another store.</summary>
    public static ITPacketServerBuilder UseRoomStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, IRoomStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IRoomStore, TStore>());
        return builder;
    }

    /// <summary>Takes the ids of users from another store.</summary>
    public static ITPacketServerBuilder UseUserIdStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, IUserIdStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IUserIdStore, TStore>());
        return builder;
    }

    /// <summary>Keeps the sessions of users in another store.</summary>
    public static ITPacketServerBuilder UseSessionStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, ISessionStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore, TStore>());
        return builder;
    }

    /// <summary>Decides about nicks by another policy.</summary>
    public static ITPacketServerBuilder UseNickPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this ITPacketServerBuilder builder)
        where TPolicy : class, INickPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<INickPolicy, TPolicy>());
        return builder;
    }

    /// <summary>Decides about upgrade requests by another policy.</summary>
    public static ITPacketServerBuilder UseHandshakePolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this ITPacketServerBuilder builder)
        where TPolicy : class, IHandshakePolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHandshakePolicy, TPolicy>());
        return builder;
    }

    /// <summary>Adds a health check: healthy while the server listens, degraded while it can take no more connections.</summary>
    public static ITPacketServerBuilder AddHealthCheck(this ITPacketServerBuilder builder, string name = "tpacket")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, static services => new TPacketServerHealthCheck(services.GetRequiredService<TPacketServer>()), failureStatus: null, tags: null));
        return builder;
    }

    internal static ITPacketServerBuilder AddHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this ITPacketServerBuilder builder, int command, CommandScope scope, bool inline)
        where THandler : class, ICommandHandler
    {
        builder.Services.AddSingleton(new CommandRegistration(command, scope, inline, static services => ActivatorUtilities.CreateInstance<THandler>(services)));
        return builder;
    }

    private static ITPacketServerBuilder AddRules(this ITPacketServerBuilder builder, string rooms, int command, Func<IServiceProvider, RoomRules> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(rooms);
        if (!CommandRange.IsApplication(command) && !CommandRange.IsGame(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"An application's commands are {CommandRange.FirstApplication} and up, those of games {CommandRange.FirstGame} to {CommandRange.LastGame}.");
        builder.Services.AddSingleton(new RulesRegistration(rooms, command, create));
        return builder.AddHandler<RulesCommand>(command, CommandScope.Room, inline: true);
    }

    private static void ThrowIfReserved(int command)
    {
        if (!CommandRange.IsOriginal(command) && !CommandRange.IsApplication(command) && !CommandRange.IsGame(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"Commands from {CommandRange.FirstApplication} up are the application's; this one is reserved.");
    }
}

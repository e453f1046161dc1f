using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Commands;
using TPacket.Server.Hosting;
using TPacket.Server.Options;
using TPacket.Server.Rules;
using TPacket.Server.Rules.Registration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds rules and observers to a tPacket server, and replaces its stores and policies.</summary>
public static class TPacketServerBuilderExtensions
{
    /// <summary>
    /// Adds rules for rooms. Members send their actions to the rules in packets with the command.
    /// Members who accept the command receive their views of the state in such packets.
    /// </summary>
    /// <typeparam name="TRules">The rules. The server creates one instance when it starts; the constructor can take singletons.</typeparam>
    /// <param name="builder">The server.</param>
    /// <param name="rooms">
    /// The pattern of the names of the rooms, case-sensitive: <c>*</c> stands for any characters,
    /// <c>?</c> for one. If several patterns match, the pattern added first applies.
    /// </param>
    /// <param name="command">The command: 256 or more for an application, 64 to 127 for a game. Rules of different rooms may share a command.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The command is in neither range.</exception>
    public static ITPacketServerBuilder AddRules<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRules>(this ITPacketServerBuilder builder, string rooms, int command)
        where TRules : RoomRules =>
        builder.AddRules(rooms, command, static services => ActivatorUtilities.CreateInstance<TRules>(services));

    /// <summary>Adds an instance of rules for rooms.</summary>
    /// <inheritdoc cref="AddRules{TRules}(ITPacketServerBuilder, string, int)"/>
    /// <param name="builder"/><param name="rooms"/><param name="command"/>
    /// <param name="rules">The rules.</param>
    public static ITPacketServerBuilder AddRules(this ITPacketServerBuilder builder, string rooms, int command, RoomRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return builder.AddRules(rooms, command, _ => rules);
    }

    /// <summary>Adds an observer of all rooms. The server creates one instance when it starts; the constructor can take singletons.</summary>
    public static ITPacketServerBuilder AddRoomObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(this ITPacketServerBuilder builder)
        where TObserver : class, IRoomObserver
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IRoomObserver, TObserver>();
        return builder;
    }

    /// <summary>Replaces the store of rooms. The server creates one instance; the constructor can take singletons.</summary>
    public static ITPacketServerBuilder UseRoomStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, IRoomStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IRoomStore, TStore>());
        return builder;
    }

    /// <summary>Replaces the store of user ids. The server creates one instance; the constructor can take singletons.</summary>
    public static ITPacketServerBuilder UseUserIdStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, IUserIdStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IUserIdStore, TStore>());
        return builder;
    }

    /// <summary>Replaces the store of users' sessions. The server creates one instance; the constructor can take singletons.</summary>
    public static ITPacketServerBuilder UseSessionStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(this ITPacketServerBuilder builder)
        where TStore : class, ISessionStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore, TStore>());
        return builder;
    }

    /// <summary>Replaces the policy for nicks.</summary>
    /// <remarks>
    /// If the constructor takes only singletons, the server creates one instance. Otherwise it creates an instance for each call, in a scope of its own;
    /// such a policy keeps its state in a singleton that the constructor takes, for example in <see cref="UniqueNickPolicy"/>.
    /// </remarks>
    public static ITPacketServerBuilder UseNickPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this ITPacketServerBuilder builder)
        where TPolicy : class, INickPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<INickPolicy>(static services => services.GetRequiredService<ServerParts>().NickPolicy<TPolicy>()));
        return builder;
    }

    /// <summary>Replaces the policy for upgrade requests.</summary>
    /// <remarks>
    /// If the constructor takes only singletons, the server creates one instance. Otherwise it creates an instance
    /// for each decision, in a scope of its own; such a policy keeps its state in a singleton that the constructor takes.
    /// The constructor can also take <see cref="OriginPolicy"/>, so that the policy calls it first.
    /// </remarks>
    public static ITPacketServerBuilder UseHandshakePolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this ITPacketServerBuilder builder)
        where TPolicy : class, IHandshakePolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHandshakePolicy>(static services => services.GetRequiredService<ServerParts>().HandshakePolicy<TPolicy>()));
        return builder;
    }

    /// <summary>
    /// Registers a configuration section below <c>TPacket</c> that a package or the application reads (<see cref="TPacketSettings"/>).
    /// The server does not start if <c>TPacket</c> has a section that is not registered.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The section's name, such as <c>Games</c>.</param>
    public static ITPacketServerBuilder AddSettingsSection(this ITPacketServerBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.AddSingleton(new SettingsSectionName(name));
        return builder;
    }

    /// <summary>
    /// Adds a health check with the tags <c>ready</c> and <c>tpacket</c>. It reports healthy while the server accepts clients, degraded while
    /// the server is full or short of resources, and otherwise unhealthy. The data has <see cref="TPacketServer.State"/> as <c>state</c>.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The name of the health check.</param>
    public static ITPacketServerBuilder AddHealthCheck(this ITPacketServerBuilder builder, string name = "tpacket")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, static services => new TPacketServerHealthCheck(services.GetRequiredService<TPacketServer>()), failureStatus: null, tags: ["ready", "tpacket"]));
        return builder;
    }

    private static ITPacketServerBuilder AddRules(this ITPacketServerBuilder builder, string rooms, int command, Func<IServiceProvider, RoomRules> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(rooms);
        if (!CommandRange.IsApplication(command) && !CommandRange.IsGame(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"An application's commands are {CommandRange.FirstApplication} and up, those of games {CommandRange.FirstGame} to {CommandRange.LastGame}.");
        builder.Services.AddSingleton(new RulesRegistration(rooms, command, create));
        builder.Services.AddCommandHandler<RulesCommand>(command, CommandScope.Room, inline: true);
        return builder;
    }
}

using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Commands;
using TPacket.Server.Moderation;
using TPacket.Server.Rules.Registration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds moderation to a tPacket server.</summary>
public static class TPacketServerModerationExtensions
{
    /// <summary>
    /// Lets moderators kick, ban and mute users and delete messages by commands (docs/moderation.md), and registers <see cref="IModeration"/>
    /// for the application. The store of rooms keeps bans and mutes, so they apply on every server that shares the store.
    /// Call this method before you add filters that must not receive packets of banned users.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configure">Sets at least <see cref="ModerationOptions.Role"/> or <see cref="ModerationOptions.IsModerator"/>.</param>
    /// <exception cref="ArgumentException">No user could be a moderator.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The method was called before.</exception>
    public static ITPacketServerBuilder AddModeration(this ITPacketServerBuilder builder, Action<ModerationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ModerationOptions();
        configure(options);
        if (string.IsNullOrEmpty(options.Role) && options.IsModerator is null)
            throw new ArgumentException($"No user could be a moderator: set {nameof(ModerationOptions.Role)} or {nameof(ModerationOptions.IsModerator)}.", nameof(configure));
        if (options.MaxEntries is < 1 or > 65_536)
            throw new ArgumentOutOfRangeException(nameof(configure), options.MaxEntries, $"{nameof(ModerationOptions.MaxEntries)} must be 1 to 65536.");
        if (options.MaxReasonBytes is < 0 or > 32_768)
            throw new ArgumentOutOfRangeException(nameof(configure), options.MaxReasonBytes, $"{nameof(ModerationOptions.MaxReasonBytes)} must be 0 to 32768.");
        var services = builder.Services;
        if (services.Any(static service => service.ServiceType == typeof(ModerationLedger)))
            throw new InvalidOperationException("AddModeration was called before.");
        services.AddSingleton(options);
        TPacketServerServiceCollectionExtensions.QueueLogOf<ModerationCommand>(services);
        services.AddSingleton<ModerationLedger>();
        services.AddSingleton<IModeration>(static provider => provider.GetRequiredService<ModerationLedger>());
        services.AddSingleton<IRoomObserver>(static provider => provider.GetRequiredService<ModerationLedger>());
        // First, so that no pattern of the application matches the room.
        services.Insert(0, ServiceDescriptor.Singleton(new RulesRegistration(ModerationRules.Room, ModerationRules.Command, _ => new ModerationRules(options))));
        builder.AddFilter<ModerationFilter>(inline: true);
        for (var command = PacketCommand.Kick; command <= PacketCommand.DeleteMsg; command++)
            services.AddCommandHandler<ModerationCommand>((int)command, CommandScope.Client, inline: false);
        services.AddCommandHandler<ModerationCommand>((int)PacketCommand.ListBans, CommandScope.Client, inline: false);
        return builder;
    }
}

using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Commands;
using TPacket.Server.Invitations;
using TPacket.Server.Rooms;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds private rooms to a tPacket server.</summary>
public static class TPacketServerInvitationExtensions
{
    private const int LeastKeyBytes = 32;

    /// <summary>
    /// Makes every room private if its name begins with <see cref="InvitationOptions.RoomPrefix"/>. A client enters such
    /// a room only with an invitation (docs/moderation.md), which a member of the room or <see cref="IInvitations"/> creates.
    /// Servers that share rooms use the same options. An application that replaces the handler of SET_ROOM has to check invitations itself.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configure">
    /// Sets options. Set <see cref="InvitationOptions.Key"/> if servers share rooms, or if invitations must stay valid after a restart.
    /// </param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="InvalidOperationException">The method was called before.</exception>
    public static ITPacketServerBuilder AddInvitations(this ITPacketServerBuilder builder, Action<InvitationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new InvitationOptions();
        configure?.Invoke(options);
        if (!RoomName.IsValid(options.RoomPrefix))
            throw new ArgumentException($"{nameof(InvitationOptions.RoomPrefix)} must be the beginning of a valid room name.", nameof(configure));
        if (options.Key is { Length: < LeastKeyBytes })
            throw new ArgumentException($"{nameof(InvitationOptions.Key)} must have at least {LeastKeyBytes} bytes.", nameof(configure));
        if (options.MaxDuration < TimeSpan.FromSeconds(1) || options.MaxDuration > InvitationKey.Longest)
            throw new ArgumentException($"{nameof(InvitationOptions.MaxDuration)} must be 1 s to 3,650 days.", nameof(configure));
        if (builder.Services.Any(static service => service.ServiceType == typeof(InvitationKey)))
            throw new InvalidOperationException("AddInvitations was called before.");
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<InvitationKey>();
        builder.Services.AddSingleton<IInvitations>(static provider => provider.GetRequiredService<InvitationKey>());
        builder.Services.AddCommandHandler<InviteCommand>((int)PacketCommand.Invite, CommandScope.Client, inline: true);
        return builder;
    }
}

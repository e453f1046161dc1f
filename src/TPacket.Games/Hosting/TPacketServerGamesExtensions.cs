using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TPacket.Games;
using TPacket.Games.Hosting;
using TPacket.Games.Matchmaking;
using TPacket.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds games to a server.</summary>
public static class TPacketServerGamesExtensions
{
    /// <summary>Adds a game to rooms.</summary>
    /// <typeparam name="TGame">
    /// The game, which derives from <see cref="GameRules{TBoard, TMove}"/>. One instance serves all rooms. The constructor can take services.
    /// </typeparam>
    /// <param name="builder">The server.</param>
    /// <param name="rooms">The pattern of the room names: <c>*</c> matches any characters, <c>?</c> one character.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The type does not derive from <see cref="GameRules{TBoard, TMove}"/>.</exception>
    public static ITPacketServerBuilder AddGame<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TGame>(this ITPacketServerBuilder builder, string rooms)
        where TGame : RoomRules
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!typeof(IReplayable).IsAssignableFrom(typeof(TGame)))
            throw new ArgumentException($"{typeof(TGame)} does not derive from GameRules.", nameof(builder));
        builder.Services.TryAddSingleton<TGame>();
        builder.Services.AddSingleton(static services => (IReplayable)(object)services.GetRequiredService<TGame>());
        if (builder.Services.All(static service => service.ServiceType != typeof(ReplayCommand)))
        {
            builder.Services.AddSingleton<ReplayCommand>();
            builder.AddCommand<ReplayCommand>(GameCommand.Replay);
        }

        return builder.AddRules<TGame>(rooms, GameCommand.Game);
    }

    /// <summary>
    /// Adds matchmaking to rooms: a list of open games, and a queue by rating. The server must allow members to change the room
    /// (<see cref="TPacketServerOptions.AllowRoomChange"/>).
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="rooms">The pattern of the names of rooms with matchmaking; usually one name.</param>
    /// <param name="configure">Sets at least <see cref="MatchmakingOptions.Games"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static ITPacketServerBuilder AddMatchmaking(this ITPacketServerBuilder builder, string rooms, Action<MatchmakingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MatchmakingOptions();
        configure(options);
        return builder.AddRules(rooms, GameCommand.Matchmaking, new MatchmakingRules(options));
    }
}

using System.Text;

namespace TPacket.Games;

/// <summary>Options of matchmaking.</summary>
public sealed class MatchmakingOptions
{
    /// <summary>
    /// The prefixes of the games' room names, 1 to 32 bytes each. Members name a game by its prefix, and a pair plays in a room with this prefix.
    /// Add the game to these rooms with <c>AddGame</c>.
    /// </summary>
    public IList<string> Games { get; } = [];

    /// <summary>The maximum number of members who look for a game at the same time, 2 to 1,000. Default: 200.</summary>
    public int MaxSeekers { get; set; } = 200;

    /// <summary>The largest difference of ratings in a match when a member begins to wait, 0 or more. Default: 100.</summary>
    public int FirstRange { get; set; } = 100;

    /// <summary>The growth of this difference per second of waiting, 1 or more. Default: 20.</summary>
    public int RangePerSecond { get; set; } = 20;

    /// <summary>The largest difference of ratings in any match, <see cref="FirstRange"/> or more. Default: 1,000.</summary>
    public int LastRange { get; set; } = 1_000;

    /// <summary>
    /// A function that returns the rating of a member; null if all members have the same rating. Default: null. A rating that a client sends counts only if
    /// this function returns it. The server calls it once for each <c>seek</c>, on any thread and in the turn of the room, so it must be fast.
    /// </summary>
    public GameRating? Rating { get; set; }

    internal MatchmakingOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Games.Count, nameof(Games));
        foreach (var game in Games)
        {
            // A code and two ids follow. By default, a room name has at most 64 bytes.
            ArgumentException.ThrowIfNullOrEmpty(game, nameof(Games));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(game), 32, nameof(Games));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSeekers, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSeekers, 1_000);
        ArgumentOutOfRangeException.ThrowIfNegative(FirstRange);
        ArgumentOutOfRangeException.ThrowIfLessThan(RangePerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LastRange, FirstRange);
        return this;
    }
}

using System.Text;

namespace TPacket.Games;

/// <summary>How members of a room find games.</summary>
public sealed class MatchmakingOptions
{
    /// <summary>The beginnings of the names of games' rooms, as members name them: a pair plays in a room whose name begins with one of these, of 1 to 32 bytes. Give such rooms the game by <c>AddGame</c>.</summary>
    public IList<string> Games { get; } = [];

    /// <summary>How many members may look for a game at once, 2 to 1,000. Default: 200.</summary>
    public int MaxSeekers { get; set; } = 200;

    /// <summary>How far ratings may be apart at first, 0 or more. Default: 100.</summary>
    public int FirstRange { get; set; } = 100;

    /// <summary>By how much this grows each second, 1 or more. Default: 20.</summary>
    public int RangePerSecond { get; set; } = 20;

    /// <summary>How far ratings may be apart at last, <see cref="FirstRange"/> or more. Default: 1,000.</summary>
    public int LastRange { get; set; } = 1_000;

    /// <summary>
    /// The rating by which a member is paired; null where everybody has the same. Default: null. The rating that a client sends counts only where this returns it. Called once for each <c>seek</c>, by any thread and in the turn of the room: it has to be quick.
    /// </summary>
    public GameRating? Rating { get; set; }

    internal MatchmakingOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Games.Count, nameof(Games));
        foreach (var game in Games)
        {
            // A code and two ids follow, and the longest name of a room is 64 bytes unless the server says otherwise.
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

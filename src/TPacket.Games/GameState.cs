using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>
/// The part of a <see cref="GameState{TBoard, TMove}"/> that does not depend on the type of the game. <c>IRoom.TryGetState</c> returns it for any game.
/// Immutable.
/// </summary>
public abstract record GameState
{
    private protected GameState()
    {
    }

    /// <summary>The phase of the game.</summary>
    public GamePhase Phase { get; init; }

    /// <summary>The number of the game in its room, from 1; 0 before the first game.</summary>
    public int Number { get; init; }

    /// <summary>The seats, by their numbers.</summary>
    public ImmutableArray<GameSeat> Seats { get; init; } = [];

    /// <summary>The start position that the members have chosen; null for the default.</summary>
    public string? SetUp { get; init; }

    /// <summary>The clock; null for none.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>The result; null before the game is over.</summary>
    public GameResult? Result { get; init; }

    // Whether the room's name reserves the seats. Members cannot change such reservations.
    [JsonInclude]
    internal bool AreSeatsFixed { get; init; }

    // The seed of all random numbers in the room. No view contains it.
    [JsonInclude]
    internal long Seed { get; init; }

    /// <summary>Returns the number of a member's seat; null if the member has none.</summary>
    public int? SeatOf(RoomMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        for (var i = 0; i < Seats.Length; i++)
        {
            if (Seats[i].Session != 0 && Seats[i].Session == member.Session)
                return i;
        }

        return null;
    }
}

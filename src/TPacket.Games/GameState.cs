using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>The state of a room with a game, but for its board and its moves. Immutable. <c>IRoom.TryGetState</c> returns it for a game of any type.</summary>
public abstract record GameState
{
    private protected GameState()
    {
    }

    /// <summary>The phase of the game.</summary>
    public GamePhase Phase { get; init; }

    /// <summary>The number of the game in its room, from 1; 0 before the first.</summary>
    public int Number { get; init; }

    /// <summary>The seats.</summary>
    public ImmutableArray<GameSeat> Seats { get; init; } = [];

    /// <summary>The position that the members have chosen; null for the usual one.</summary>
    public string? SetUp { get; init; }

    /// <summary>The clock; null for none.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>How the game has ended; null where it has not.</summary>
    public GameResult? Result { get; init; }

    // The room's name reserves its seats, and members cannot reserve them for others.
    [JsonInclude]
    internal bool AreSeatsFixed { get; init; }

    // The seed determines all random numbers of the room, so no view contains it.
    [JsonInclude]
    internal long Seed { get; init; }

    /// <summary>The seat of a member; null where it holds none.</summary>
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

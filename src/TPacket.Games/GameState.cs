using System.Collections.Immutable;

using TPacket.Server;

namespace TPacket.Games;

/// <summary>The state of a room with a game. Immutable.</summary>
/// <typeparam name="TBoard">The type of the boards.</typeparam>
/// <typeparam name="TMove">The type of the moves.</typeparam>
public sealed record GameState<TBoard, TMove>
    where TBoard : class
    where TMove : notnull
{
    internal GameState(long seed) => Seed = seed;

    /// <summary>The phase of the game.</summary>
    public GamePhase Phase { get; init; }

    /// <summary>The number of the game in its room, from 1; 0 before the first.</summary>
    public int Number { get; init; }

    /// <summary>The board; null before the first game.</summary>
    public TBoard? Board { get; init; }

    /// <summary>The seats.</summary>
    public ImmutableArray<GameSeat> Seats { get; init; } = [];

    /// <summary>The moves of the game, without those that were taken back.</summary>
    public ImmutableArray<PlayedMove<TMove>> Moves { get; init; } = [];

    /// <summary>The position that the members have chosen; null for the usual one.</summary>
    public string? SetUp { get; init; }

    /// <summary>The clock; null for none.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>How the game has ended; null where it has not.</summary>
    public GameResult? Result { get; init; }

    // The room's name reserves its seats, and members cannot reserve them for others.
    internal bool AreSeatsFixed { get; init; }

    // The seed determines all random numbers of the room, so no view contains it.
    internal long Seed { get; }

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

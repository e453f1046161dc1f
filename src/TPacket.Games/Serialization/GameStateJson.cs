namespace TPacket.Games.Serialization;

/// <summary>The state of a game as JSON, without its board.</summary>
internal sealed class GameStateJson
{
    public long Seed { get; init; }

    public bool AreSeatsFixed { get; init; }

    public GamePhase Phase { get; init; }

    public int Number { get; init; }

    public required GameSeat[] Seats { get; init; }

    public required PlayedMoveJson[] Moves { get; init; }

    public string? SetUp { get; init; }

    public GameClock? Clock { get; init; }

    public GameResult? Result { get; init; }
}

namespace TPacket.Games.Serialization;

/// <summary>The state of a game as JSON, without its board.</summary>
internal sealed record GameStateJson : GameState
{
    public GameStateJson()
    {
    }

    internal GameStateJson(GameState state)
        : base(state)
    {
    }

    public PlayedMoveJson[] Moves { get; init; } = [];
}

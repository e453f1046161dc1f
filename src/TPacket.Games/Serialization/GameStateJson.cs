namespace TPacket.Games.Serialization;

/// <summary>The JSON of a game's state, without its board.</summary>
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

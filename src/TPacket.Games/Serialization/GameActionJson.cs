using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace TPacket.Games.Serialization;

/// <summary>The JSON of an action.</summary>
internal sealed record GameActionJson : GameAction
{
    public GameActionJson()
    {
    }

    [SetsRequiredMembers]
    internal GameActionJson(GameAction action)
        : base(action)
    {
    }

    public JsonElement? Move { get; init; }
}

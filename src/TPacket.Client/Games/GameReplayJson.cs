using System.Text.Json;

namespace TPacket.Client.Games;

/// <summary>The JSON of one page of a replay.</summary>
internal sealed record GameReplayJson(int Game, int Moves, int From, JsonElement[] Boards, string? Text);

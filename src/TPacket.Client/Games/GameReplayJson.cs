using System.Text.Json;

namespace TPacket.Client.Games;

/// <summary>A page of a replay as JSON.</summary>
internal sealed record GameReplayJson(int Game, int Moves, int From, JsonElement[] Boards, string? Text);

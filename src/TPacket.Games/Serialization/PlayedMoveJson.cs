using System.Text.Json;

namespace TPacket.Games.Serialization;

/// <summary>The JSON of a move.</summary>
internal sealed record PlayedMoveJson(int Seat, JsonElement Move, long Time);

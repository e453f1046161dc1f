using System.Text.Json;

namespace TPacket.Games.Serialization;

/// <summary>A move as JSON.</summary>
internal sealed record PlayedMoveJson(int Seat, JsonElement Move, long Time);

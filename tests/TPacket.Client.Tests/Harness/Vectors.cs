using System.Text;
using System.Text.Json;

namespace TPacket.Client.Tests.Harness;

/// <summary>The test vectors of the codec: tests/Vectors/packets.json.</summary>
public static class Vectors
{
    private static readonly JsonElement _vectors =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "packets.json"))).RootElement;

    public static TheoryData<string> Packets => Names("packets");

    public static TheoryData<string> Refused => Names("refused");

    public static JsonElement Find(string list, string name) => _vectors.GetProperty(list).EnumerateArray().Single(vector => vector.GetProperty("name").GetString() == name);

    public static byte[] Hex(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);

    /// <summary>Returns a vector as a packet to send.</summary>
    public static Packet Packet(JsonElement vector) => new(
        vector.GetProperty("command").GetInt32(),
        vector.GetProperty("p1").GetInt32(),
        vector.GetProperty("p2").GetInt32(),
        vector.TryGetProperty("text", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!) : Hex(vector, "data"));

    private static TheoryData<string> Names(string list) => [.. _vectors.GetProperty(list).EnumerateArray().Select(static vector => vector.GetProperty("name").GetString()!)];
}

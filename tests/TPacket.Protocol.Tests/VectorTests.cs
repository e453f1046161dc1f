using System.Text;
using System.Text.Json;

namespace TPacket.Protocol.Tests;

/// <summary>The test vectors for every codec of the protocol, in any language: tests/Vectors/packets.json.</summary>
public class VectorTests
{
    private static readonly JsonElement _vectors =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "packets.json"))).RootElement;

    public static TheoryData<string> Packets => Names("packets");

    public static TheoryData<string> Refused => Names("refused");

    [Theory]
    [MemberData(nameof(Packets))]
    public void A_packet_is_written_and_read_byte_for_byte(string name)
    {
        var vector = Find("packets", name);
        var bytes = Hex(vector, "hex");
        var data = vector.TryGetProperty("text", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!) : Hex(vector, "data");
        var expected = new PacketHeader(Int(vector, "uid"), data.Length, Int(vector, "command"), Int(vector, "p1"), Int(vector, "p2"));

        var written = new byte[bytes.Length];
        Assert.Equal(bytes.Length, PacketWriter.Write(written, expected.Uid, expected.Command, expected.P1, expected.P2, data));
        Assert.Equal(bytes, written);

        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(bytes, out var header, out var read));
        Assert.Equal(expected, header);
        Assert.Equal(data, read);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_message_that_is_no_packet_is_rejected(string name)
    {
        var vector = Find("refused", name);

        var status = PacketReader.TryReadMessage(Hex(vector, "hex"), out _, out _);

        Assert.Equal(vector.GetProperty("status").GetString(), status.ToString());
    }

    private static TheoryData<string> Names(string list) => [.. _vectors.GetProperty(list).EnumerateArray().Select(static vector => vector.GetProperty("name").GetString()!)];

    private static JsonElement Find(string list, string name) => _vectors.GetProperty(list).EnumerateArray().Single(vector => vector.GetProperty("name").GetString() == name);

    private static byte[] Hex(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);

    private static int Int(JsonElement vector, string name) => vector.GetProperty(name).GetInt32();
}

using System.Text.Json;

namespace TPacket.Protocol.Tests;

/// <summary>The packets that two deployed clients and the original server have exchanged.</summary>
public class TranscriptTests
{
    private static readonly string _transcript = Path.Combine(AppContext.BaseDirectory, "Transcripts", "two-users.jsonl");

    [Fact]
    public void Every_recorded_packet_is_read_and_written_to_the_same_bytes()
    {
        var packets = Packets();
        Assert.Equal(29, packets.Length);

        foreach (var (direction, bytes) in packets)
        {
            Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(bytes, out var header, out var data));
            Assert.True(CommandRange.IsOriginal(header.Command));

            var written = new byte[header.PacketLength];
            PacketWriter.Write(written, header.Uid, header.Command, header.P1, header.P2, data);
            Assert.Equal(bytes, written);

            var everyWay = Wire.ReadEveryWay(bytes);
            Assert.Equal((PacketReadStatus.Done, header), (everyWay.Status, everyWay.Header));

            if (direction == "sent")
                Assert.True(header.Uid >= 0x1000);
            else if (header.Command is not (int)PacketCommand.RespOk)
                Assert.Equal(PacketHeader.Unasked, header.Uid);
        }
    }

    private static (string Direction, byte[] Bytes)[] Packets() =>
    [
        .. from line in File.ReadLines(_transcript)
           let entry = JsonDocument.Parse(line).RootElement
           where entry.TryGetProperty("hex", out _)
           select (entry.GetProperty("event").GetString()!, Convert.FromHexString(entry.GetProperty("hex").GetString()!)),
    ];
}

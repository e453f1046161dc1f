using System.Buffers.Binary;
using TPacket.Client.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Requests;

public class PacketTests
{
    [Theory]
    [MemberData(nameof(Vectors.Packets), MemberType = typeof(Vectors))]
    public async Task A_packet_is_sent_and_received_to_the_byte(string name)
    {
        var vector = Vectors.Find("packets", name);
        var (bytes, packet) = (Vectors.Hex(vector, "hex"), Vectors.Packet(vector));
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();

        var request = client.RequestAsync(packet, Deadline.Limit);
        var sent = await session.ReceiveAsync();
        // The client assigns the uid when it sends.
        sent.AsSpan(4, 4).CopyTo(bytes.AsSpan(4));
        Assert.Equal(bytes, sent);

        await session.SendAsync(bytes);
        if (packet.Command == (int)Protocol.PacketCommand.RespError)
        {
            var error = await Assert.ThrowsAsync<RequestRefusedException>(() => request);
            Assert.Equal((packet.P1, packet.Text), ((int)error.Code, error.Text));
            return;
        }

        var reply = await request;
        Assert.Equal(packet with { Data = default }, reply with { Data = default, Uid = 0 });
        Assert.Equal(packet.Data.ToArray(), reply.Data.ToArray());
        Assert.Equal(BinaryPrimitives.ReadInt32LittleEndian(sent.AsSpan(4)), reply.Uid);
    }

    [Fact]
    public void Text_is_utf8() => Assert.Equal("aß€😀", new Packet(7, "aß€😀").Text);
}

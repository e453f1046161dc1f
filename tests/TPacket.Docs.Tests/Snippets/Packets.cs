using TPacket.Protocol;

namespace TPacket.Docs.Tests.Snippets;

internal static class Packets
{
    public static PacketReadStatus WriteAndRead()
    {
        // begin-snippet: packets
        var packet = new byte[PacketHeader.Size + 5];
        PacketWriter.Write(packet, uid: 0x1000, (int)PacketCommand.NewMsg, p1: 0, p2: 0, "hello"u8);

        var status = PacketReader.TryReadMessage(packet, out var header, out var data);
        // end-snippet
        Assert.Equal((int)PacketCommand.NewMsg, header.Command);
        Assert.Equal("hello"u8, data);
        return status;
    }
}

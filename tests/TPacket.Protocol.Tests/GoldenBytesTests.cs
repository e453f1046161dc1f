using System.Text;

namespace TPacket.Protocol.Tests;

/// <summary>The examples of docs/protocol.md, byte for byte.</summary>
public class GoldenBytesTests
{
    public static TheoryData<string, int, PacketCommand, int, int, string> Packets => new()
    {
        { "456a3840 00100000 27000000 00000000 00000000 00000000 6d6167696320737472696e67203a29", 0x1000, PacketCommand.Nop, 0, 0, "magic string :)" },
        { "456a3840 01100000 1d000000 01000000 00000000 00000000 616c696365", 0x1001, PacketCommand.SetUserNick, 0, 0, "alice" },
        { "456a3840 01100000 18000000 03000000 00000000 00000000", 0x1001, PacketCommand.RespOk, 0, 0, "" },
        { "456a3840 01100000 18000000 04000000 f5ffffff 00000000", 0x1001, PacketCommand.RespError, (int)PacketErrorCode.NickTaken, 0, "" },
        { "456a3840 02100000 1c000000 02000000 00000000 00000000 77757775", 0x1002, PacketCommand.SetRoom, 0, 0, "wuwu" },
        { "456a3840 ffffffff 1d000000 05000000 00100000 00000000 616c696365", -1, PacketCommand.NewUser, 0x1000, 0, "alice" },
        { "456a3840 ffffffff 1b000000 06000000 01100000 00000000 626f62", -1, PacketCommand.DelUser, 0x1001, 0, "bob" },
        { "456a3840 ffffffff 1d000000 07000000 00100000 00000000 68656c6c6f", -1, PacketCommand.NewMsg, 0x1000, 0, "hello" },
        { "456a3840 ffffffff 24000000 08000000 00000000 00000000 616c6963653a2068656c6c6f", -1, PacketCommand.LoggedMsg, 0, 0, "alice: hello" },
        { "456a3840 03100000 18000000 0a000000 00010000 2c010000", 0x1003, PacketCommand.AcceptCommands, 256, 300, "" },
    };

    [Theory]
    [MemberData(nameof(Packets))]
    public void The_examples_are_written_and_read_byte_for_byte(string hex, int uid, PacketCommand command, int p1, int p2, string text)
    {
        var bytes = Wire.Hex(hex);
        var data = Encoding.UTF8.GetBytes(text);

        var written = new byte[bytes.Length];
        Assert.Equal(bytes.Length, PacketWriter.Write(written, uid, (int)command, p1, p2, data));
        Assert.Equal(bytes, written);

        var read = Wire.ReadEveryWay(bytes);
        Assert.Equal((PacketReadStatus.Done, new PacketHeader(uid, data.Length, (int)command, p1, p2)), (read.Status, read.Header));
        Assert.Equal(data, read.Data);
    }
}

using System.Text;

namespace TPacket.Protocol.Tests;

/// <summary>The numbers of docs/protocol.md. Existing clients depend on them, so they must never change.</summary>
public class WireValuesTests
{
    [Fact]
    public void The_commands_have_the_wires_values() => Assert.Equal(
        """
        0 Nop
        1 SetUserNick
        2 SetRoom
        3 RespOk
        4 RespError
        5 NewUser
        6 DelUser
        7 NewMsg
        8 LoggedMsg
        10 AcceptCommands
        11 MemberCount
        12 Session
        13 Resume
        14 Event
        15 Snapshot
        16 Presence
        17 Receipt
        18 MoveOn
        20 Kick
        21 Ban
        22 Unban
        23 Mute
        24 Unmute
        25 DeleteMsg
        26 Invite
        27 ListBans

        """,
        Table<PacketCommand>(), ignoreLineEndingDifferences: true);

    [Fact]
    public void The_error_codes_have_the_wires_values() => Assert.Equal(
        """
        -1 Unspecified
        -2 UnknownCommand
        -3 NotUtf8
        -4 InvalidArgument
        -5 HandlerFailed
        -6 Refused
        -7 StoreFailed
        -8 Unknown
        -9 TooOld
        -10 NickRequired
        -11 NickTaken
        -12 NickInvalid
        -13 NickTooLong
        -14 NickChangeNotAllowed
        -15 SessionUnknown
        -16 Banned
        -20 RoomNameInvalid
        -21 RoomNameTooLong
        -22 RoomChangeNotAllowed
        -23 NotInRoom
        -24 RoomFull
        -25 InvitationRequired
        -30 MessageTooLong
        -31 Muted
        -40 RateLimited
        -41 TryLater

        """,
        Table<PacketErrorCode>(), ignoreLineEndingDifferences: true);

    [Fact]
    public void Error_codes_are_negative_and_outside_the_range_of_applications() =>
        Assert.All(Enum.GetValues<PacketErrorCode>(), code => Assert.InRange((int)code, -999, -1));

    [Fact]
    public void The_constants_of_a_packet_have_the_wires_values()
    {
        Assert.Equal(24, PacketHeader.Size);
        Assert.Equal(-1, PacketHeader.Unasked);
        Assert.Equal([0x45, 0x6a, 0x38, 0x40], PacketHeader.Signature.ToArray());
        Assert.Equal(int.MaxValue - 24, PacketWriter.MaxDataLength);
        Assert.Equal(10, CommandRange.FirstExtension);
        Assert.Equal(256, CommandRange.FirstApplication);
    }

    private static string Table<T>() where T : struct, Enum
    {
        var table = new StringBuilder();
        foreach (var value in Enum.GetValues<T>().OrderBy(value => Math.Abs(Convert.ToInt32(value, null))))
            table.Append(value.ToString("D")).Append(' ').Append(value).Append('\n');
        return table.ToString();
    }
}

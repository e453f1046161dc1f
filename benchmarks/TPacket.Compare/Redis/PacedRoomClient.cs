using System.Text;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Compare.Redis;

/// <summary>A client of a tPacket server.</summary>
internal sealed class PacedRoomClient(Load load, PacedMember member) : PacedClient(load, member)
{
    private readonly byte[] _nick = Encoding.UTF8.GetBytes(member.Nick);

    protected override void OnOpen()
    {
        Send(0, PacketCommand.Nop, "magic string :)"u8);
        Send(1, PacketCommand.SetUserNick, _nick);
        Send(2, PacketCommand.SetRoom, Encoding.UTF8.GetBytes(Member.Room));
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (PacketReader.TryReadMessage(payload, out var header, out var data) != PacketReadStatus.Done)
        {
            Load.Count(asExpected: false);
            return default;
        }

        switch ((PacketCommand)header.Command)
        {
            case PacketCommand.NewUser when data.SequenceEqual(_nick):
                SetReady();
                break;
            case PacketCommand.NewMsg:
                Hear(data);
                break;
        }

        return default;
    }

    protected override void Say(ReadOnlySpan<byte> text) => Send(uid: -1, PacketCommand.NewMsg, text);

    private void Send(int uid, PacketCommand command, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, 0, 0, data.Length);
        Connection.Send(header, data);
    }
}

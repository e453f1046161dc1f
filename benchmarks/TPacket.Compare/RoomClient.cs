using System.Globalization;
using System.Text;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>A member of a room, which counts received messages. A member that talks sends its next message when it receives its last message.</summary>
internal sealed class RoomClient(Load load, string nick, string room, int members, int length) : LoadClient(load)
{
    private readonly byte[] _nick = Encoding.UTF8.GetBytes(nick);
    private readonly byte[] _text = new byte[length];
    private readonly Dictionary<int, int> _heard = [];
    private int _id;
    private int _said;

    public override long Owed => (long)Volatile.Read(ref _said) * members;

    public override void Talk()
    {
        // Uses digits, so that the text is valid UTF-8.
        Encoding.ASCII.GetBytes(_said++.ToString("D8", CultureInfo.InvariantCulture), _text);
        _text.AsSpan(8).Fill((byte)'x');
        Send(uid: -1, PacketCommand.NewMsg, _text);
    }

    protected override void OnOpen()
    {
        Send(0, PacketCommand.Nop, "magic string :)"u8);
        Send(1, PacketCommand.SetUserNick, _nick);
        Send(2, PacketCommand.SetRoom, Encoding.UTF8.GetBytes(room));
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
                _id = header.P1;
                SetReady();
                break;
            case PacketCommand.NewMsg:
                Hear(header.P1, data);
                break;
        }

        return default;
    }

    private void Hear(int speaker, ReadOnlySpan<byte> text)
    {
        var number = int.Parse(text[..8], CultureInfo.InvariantCulture);
        // All clients are ready before the first client talks.
        Load.Count(text.Length == length && number == _heard.GetValueOrDefault(speaker));
        _heard[speaker] = number + 1;
        if (speaker == _id && !Load.Stopping)
            Talk();
    }

    private void Send(int uid, PacketCommand command, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, 0, 0, data.Length);
        Connection.Send(header, data);
    }
}

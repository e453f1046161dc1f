using System.Globalization;
using System.Text;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>
/// A member of a room with counting rules, which receives each state. A member that talks sends its next command when it receives the result of
/// its last command.
/// </summary>
internal sealed class DecisionClient(Load load, string nick, string room, int members) : LoadClient(load)
{
    private const int Command = 301;

    private readonly byte[] _nick = Encoding.UTF8.GetBytes(nick);
    private int _id;
    private int _decided;
    private long _times = -1;

    public override long Owed => (long)Volatile.Read(ref _decided) * members;

    public override void Talk()
    {
        _decided++;
        Send(uid: 3, Command, 0, 0, """{"Number":1}"""u8);
    }

    protected override void OnOpen()
    {
        Send(0, (int)PacketCommand.Nop, 0, 0, "magic string :)"u8);
        Send(1, (int)PacketCommand.SetUserNick, 0, 0, _nick);
        Send(2, (int)PacketCommand.AcceptCommands, Command, Command, []);
        Send(2, (int)PacketCommand.SetRoom, 0, 0, Encoding.UTF8.GetBytes(room));
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (PacketReader.TryReadMessage(payload, out var header, out var data) != PacketReadStatus.Done)
            Load.Count(asExpected: false);
        else if (header.Command == (int)PacketCommand.NewUser && data.SequenceEqual(_nick))
            _id = header.P1;
        else if (header.Command == Command)
            See(header.P1, data);
        return default;
    }

    private void See(int author, ReadOnlySpan<byte> state)
    {
        // {"Sum":7,"Times":7}
        var times = long.Parse(state[(state.LastIndexOf((byte)':') + 1)..^1], CultureInfo.InvariantCulture);
        if (_times < 0)
        {
            // The view on entering, which follows the client's own NEW_USER.
            _times = times;
            SetReady();
            return;
        }

        Load.Count(times == _times + 1);
        _times = times;
        if (author == _id && !Load.Stopping)
            Talk();
    }

    private void Send(int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, command, p1, p2, data.Length);
        Connection.Send(header, data);
    }
}

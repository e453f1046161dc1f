using System.Text;
using System.Text.Json;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>A player of a game, controlled by its table.</summary>
internal sealed class GamePlayer(Load load, string nick, string room, GameTable table) : LoadClient(load)
{
    private const int Command = 64;
    private int _uid = 3;

    public override long Owed => 0;

    public override void Talk() => table.TryMove();

    /// <summary>Sends an action of the game.</summary>
    public void Act(string action) => Send(Interlocked.Increment(ref _uid), Command, 0, 0, Encoding.UTF8.GetBytes(action));

    protected override void OnOpen()
    {
        Send(0, (int)PacketCommand.Nop, 0, 0, "magic string :)"u8);
        Send(1, (int)PacketCommand.SetUserNick, 0, 0, Encoding.UTF8.GetBytes(nick));
        Send(2, (int)PacketCommand.AcceptCommands, Command, Command, []);
        Send(2, (int)PacketCommand.SetRoom, 0, 0, Encoding.UTF8.GetBytes(room));
        Act("""{"do":"claim"}""");
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (PacketReader.TryReadMessage(payload, out var header, out var data) != PacketReadStatus.Done || header.Command == (int)PacketCommand.RespError)
        {
            Load.Count(asExpected: false);
            return default;
        }

        if (header.Command != Command)
            return default;
        var reader = new Utf8JsonReader(data);
        using var view = JsonDocument.ParseValue(ref reader);
        table.See(this, view.RootElement);
        if (view.RootElement.GetProperty("phase").ValueEquals("running"u8))
            SetReady();
        return default;
    }

    private void Send(int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, command, p1, p2, data.Length);
        Connection.Send(header, data);
    }
}

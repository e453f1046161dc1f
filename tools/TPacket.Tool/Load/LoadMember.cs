using System.Diagnostics;
using System.Text;
using TPacket.Protocol;
using TPacket.Tool.Commands;
using TPacket.WebSockets;

namespace TPacket.Tool.Load;

/// <summary>A client of a load. It uses the oldest form of the protocol, which costs the tool and the server the least.</summary>
/// <param name="load">The load.</param>
/// <param name="counts">The counts to update.</param>
/// <param name="number">The client's number, from 0.</param>
/// <param name="members">The number of members of its room.</param>
internal sealed class LoadMember(LoadRequest load, LoadCounts counts, int number, int members) : WebSocketHandler
{
    private const int NickUid = 1, RoomUid = 2, MessageUid = 3;

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _text = new byte[load.Size];
    // The lowest expected number of each sender's next message.
    private readonly Dictionary<int, int> _next = [];
    private int _said;
    private volatile bool _isLeaving;

    /// <summary>Completes when the client is in its room; fails with a <see cref="ToolException"/> if the server rejects it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Sends a message. Not thread-safe.</summary>
    public void Talk()
    {
        new LoadMessage(number, _said++, Stopwatch.GetTimestamp()).Write(_text);
        counts.AddSent(members);
        if (!Send(MessageUid, PacketCommand.NewMsg, _text))
            counts.AddRefused(members);
    }

    /// <summary>Closes the connection.</summary>
    public void Leave()
    {
        _isLeaving = true;
        Connection.Close(CloseStatus.NormalClosure);
    }

    protected override void OnOpen()
    {
        Send(0, PacketCommand.Nop, Encoding.UTF8.GetBytes(load.MagicString));
        Send(NickUid, PacketCommand.SetUserNick, Encoding.UTF8.GetBytes($"{load.Name}-{number}"));
        Send(RoomUid, PacketCommand.SetRoom, Encoding.UTF8.GetBytes($"{load.Name}-{number % load.Rooms}"));
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (PacketReader.TryReadMessage(payload, out var header, out var data) != PacketReadStatus.Done)
        {
            _ready.TrySetException(new ToolException("The server sent a message that is not a packet."));
            counts.AddReceived(isInPlace: false);
            return default;
        }

        switch ((PacketCommand)header.Command)
        {
            case PacketCommand.RespOk when header.Uid == RoomUid:
                _ready.TrySetResult();
                break;
            case PacketCommand.RespError when header.Uid == MessageUid:
                counts.AddRefused(members);
                break;
            case PacketCommand.RespError:
                _ready.TrySetException(new ToolException(
                    $"The server rejected the {(header.Uid == NickUid ? "nick" : "room")} of client {number + 1}: {(PacketErrorCode)header.P1} ({header.P1}), \"{Encoding.UTF8.GetString(data)}\"."));
                break;
            case PacketCommand.NewMsg:
                Hear(data);
                break;
        }

        return default;
    }

    protected override void OnClosed(ConnectionEnd end)
    {
        if (!_ready.TrySetException(new ToolException($"The server ended the connection of client {number + 1} before it was in its room: {end}.")) && !_isLeaving)
            counts.AddEnded();
    }

    private void Hear(ReadOnlySpan<byte> text)
    {
        if (!LoadMessage.TryRead(text, out var message) || text.Length != load.Size)
        {
            counts.AddReceived(isInPlace: false);
            return;
        }

        counts.Delays.Add(Stopwatch.GetElapsedTime(message.SentAt));
        counts.AddReceived(message.Number >= _next.GetValueOrDefault(message.Client));
        _next[message.Client] = message.Number + 1;
    }

    private bool Send(int uid, PacketCommand command, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, 0, 0, data.Length);
        return Connection.Send(header, data);
    }
}

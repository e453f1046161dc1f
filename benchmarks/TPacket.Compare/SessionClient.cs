using System.Security.Cryptography;
using System.Text;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>
/// A client that follows its room. It enters as a new user, or resumes the session of another client. It is ready when a request after the room's history is answered.
/// </summary>
internal sealed class SessionClient : LoadClient
{
    private const int Fence = 100;
    private const int Resume = 101;

    private readonly byte[] _nick;
    private readonly byte[] _room;
    private readonly LeftUser? _before;
    private readonly SessionLoad _session;

    /// <summary>Creates a client that signs in as a new user.</summary>
    public SessionClient(Load load, SessionLoad session, string nick, string room)
        : base(load) => (_session, _nick, _room) = (session, Encoding.UTF8.GetBytes(nick), Encoding.UTF8.GetBytes(room));

    /// <summary>Creates a client that resumes a session.</summary>
    public SessionClient(Load load, SessionLoad session, LeftUser before)
        : this(load, session, "", "") => _before = before;

    /// <summary>The token and the position with which a later client can resume this client's session.</summary>
    public LeftUser User { get; } = new(RandomNumberGenerator.GetBytes(32), new byte[24]);

    public override long Owed => 0;

    public override void Talk() => throw new InvalidOperationException("The client does not talk.");

    protected override void OnOpen()
    {
        Send(0, PacketCommand.Nop, "magic string :)"u8);
        if (_before is not null)
        {
            SendResume();
            return;
        }

        Send(1, PacketCommand.SetUserNick, _nick);
        Send(2, PacketCommand.AcceptCommands, [], (int)PacketCommand.Receipt, (int)PacketCommand.MoveOn);
        Send(3, PacketCommand.AcceptCommands, [], (int)PacketCommand.Event, (int)PacketCommand.Presence);
        Send(4, PacketCommand.Session, User.Token);
        Send(5, PacketCommand.SetRoom, _room);
        Send(Fence, PacketCommand.AcceptCommands, []);
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
            case PacketCommand.Snapshot when header.P1 == 1:
                data[..User.Position.Length].CopyTo(User.Position);
                break;
            case PacketCommand.Event:
                BitConverter.TryWriteBytes(User.Position.AsSpan(8), ((long)header.P2 << 32) | (uint)header.P1);
                data.Slice(8, 8).CopyTo(User.Position.AsSpan(16));
                break;
            case PacketCommand.Resume:
                _session.OnResumed(header.P1);
                if (header.P1 == 0)
                    _before!.Position.AsSpan(0, 8).CopyTo(User.Position);
                Send(Fence, PacketCommand.AcceptCommands, []);
                break;
            case PacketCommand.RespError when header.Uid == Resume:
                if (header.P1 == (int)PacketErrorCode.TryLater)
                    _ = ResumeLaterAsync(TimeSpan.FromMilliseconds(header.P2));
                else
                    Load.Count(asExpected: false);
                break;
            case PacketCommand.RespError when header.Uid == Fence:
                SetReady();
                break;
            case PacketCommand.RespError:
                Load.Count(asExpected: false);
                break;
        }

        return default;
    }

    private async Task ResumeLaterAsync(TimeSpan delay)
    {
        _session.OnPostponed();
        await Task.Delay(delay);
        SendResume();
    }

    private void SendResume() => Send(Resume, PacketCommand.Resume, [.. _before!.Position, .. _before.Token, .. User.Token]);

    private void Send(int uid, PacketCommand command, ReadOnlySpan<byte> data, int p1 = 0, int p2 = 0)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, p1, p2, data.Length);
        Connection.Send(header, data);
    }
}

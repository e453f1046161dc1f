using TPacket.Protocol;
using TPacket.Transports.Buffers;

namespace TPacket.Server.Sessions;

/// <summary>The packet that a session is handling. Its data is copied, so that a handler may take its time.</summary>
internal sealed class SessionContext(Session session, SessionHost host) : CommandContext
{
    private byte[]? _buffer;
    private PacketHeader _header;

    public override IUser User => session;

    public override IRoom? Room => session.CurrentRoom;

    public override PacketHeader Header => _header;

    public override ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, _header.DataLength);

    public override bool Reply(int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        var asked = command >= CommandRange.FirstExtension && _header.Command >= CommandRange.FirstExtension;
        return (asked || session.Accepts(command)) && session.SendPacket(_header.Uid, command, p1, p2, data);
    }

    public override ValueTask EnterRoomAsync(string name) => host.EnterRoomAsync(session, name, _header.Uid);

    public override ValueTask<NickDecision> SetNickAsync(string nick) => host.SetNickAsync(session, nick);

    public override bool TryAcceptCommands(int first, int last) => session.AcceptedCommands.TryAdd(first, last);

    /// <summary>Takes the next packet.</summary>
    public void Begin(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        _header = header;
        if (data.IsEmpty)
            return;
        _buffer = BufferPool.Rent(data.Length);
        data.CopyTo(_buffer);
    }

    /// <summary>Lets go of the packet.</summary>
    public void End()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
        _header = default;
    }
}

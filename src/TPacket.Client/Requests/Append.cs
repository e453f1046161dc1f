using System.Buffers.Binary;
using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>A packet that the server appends to the room's log. <see cref="Appends"/> changes it under its lock.</summary>
internal sealed class Append
{
    private readonly TaskCompletionSource<int> _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Packet> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A packet without a uid.</summary>
    public Append(Packet packet)
    {
        Command = packet.Command;
        // A copy: it may be sent again when the caller uses its memory for something else.
        Bytes = new byte[PacketHeader.Size + packet.Data.Length];
        PacketWriter.Write(Bytes, uid: 0, packet.Command, packet.P1, packet.P2, packet.Data.Span);
    }

    /// <summary>Completes with the uid when the packet is queued, or fails when nothing is sent.</summary>
    public Task<int> Queued => _queued.Task;

    /// <summary>Completes with the receipt or another reply, or fails with the end of the connection.</summary>
    public Task<Packet> Reply => _reply.Task;

    public int Command { get; }

    /// <summary>The whole packet.</summary>
    public byte[] Bytes { get; }

    /// <summary>The uid; 0 before the packet has one.</summary>
    public int Uid { get; private set; }

    /// <summary>Whether the packet was handed to the connection of now.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether the packet was handed to any connection.</summary>
    public bool WasSent { get; set; }

    /// <summary>Whether the server may have appended the packet, whatever it answers next: it has said so (-8), or has the packet twice.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Completes with the next answer, while the packet is sent again.</summary>
    public TaskCompletionSource? Answered { get; set; }

    public void Number(int uid)
    {
        Uid = uid;
        BinaryPrimitives.WriteInt32LittleEndian(Bytes.AsSpan(4), uid);
    }

    public void OnQueued() => _queued.TrySetResult(Uid);

    public void Complete(Packet reply)
    {
        _queued.TrySetResult(Uid);
        _reply.TrySetResult(reply);
        Answered?.TrySetResult();
    }

    public void Fail(ClientState end)
    {
        TPacketClientException error = WasSent ? new RequestLostException(end) : new TPacketClientException($"The connection has ended; nothing is sent. {end}", end);
        _queued.TrySetException(error);
        _reply.TrySetException(error);
        // Marks the exception as observed: a caller that has stopped waiting does not observe it.
        _ = _queued.Task.Exception;
        _ = _reply.Task.Exception;
        Answered?.TrySetResult();
    }
}

using System.Buffers.Binary;
using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>A packet that the server appends to the room's log. <see cref="AppendQueue"/> changes it under its lock.</summary>
internal sealed class Append
{
    private readonly TaskCompletionSource<int> _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Packet> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Encodes a packet, without a uid yet.</summary>
    public Append(Packet packet)
    {
        Command = packet.Command;
        // A copy: the packet may be sent again after the caller has reused its memory.
        Bytes = new byte[PacketHeader.Size + packet.Data.Length];
        PacketWriter.Write(Bytes, uid: 0, packet.Command, packet.P1, packet.P2, packet.Data.Span);
    }

    /// <summary>Completes with the uid when the connection has queued the packet; fails if the session ends before.</summary>
    public Task<int> Queued => _queued.Task;

    /// <summary>Completes with the receipt or another reply; fails when the session has ended.</summary>
    public Task<Packet> Reply => _reply.Task;

    public int Command { get; }

    /// <summary>The encoded packet.</summary>
    public byte[] Bytes { get; }

    /// <summary>The uid; 0 before the packet has one.</summary>
    public int Uid { get; private set; }

    /// <summary>Whether the packet was sent on the current connection.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether the packet was sent on any connection.</summary>
    public bool WasSent { get; set; }

    /// <summary>Whether the server may have appended the packet already: the server has answered -8, or the client has sent the packet twice.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>
    /// Completes with the next answer, or when the connection ends. Set when the loop repeats the packet and waits for the answer; null before.
    /// </summary>
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
        // Marks the exceptions as observed: a caller that has stopped waiting does not observe them.
        _ = _queued.Task.Exception;
        _ = _reply.Task.Exception;
        Answered?.TrySetResult();
    }
}

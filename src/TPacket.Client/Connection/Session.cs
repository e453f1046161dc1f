using System.Buffers;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>One connection with its requests. Received by the client's loop; everything else is safe from any thread.</summary>
internal sealed class Session
{
    private readonly WebSocketChannel _channel;
    private readonly Action<Packet> _received;
    private readonly PendingRequests _pending;
    private readonly Appends _appends;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DisconnectCause? _failure;
    private bool _isEstablished;
    private bool _givesReceipts;

    /// <param name="channel">The connection, which the session owns.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="uids">The client's uids.</param>
    /// <param name="received">Is called for every packet that is no reply.</param>
    public Session(WebSocketChannel channel, TPacketClientOptions options, UidCounter uids, Action<Packet> received)
    {
        _channel = channel;
        _received = received;
        _pending = new PendingRequests(options.MaxPendingRequests, uids);
        _appends = new Appends(options.MaxPendingRequests, options.Timeout, options.WebSocket.TimeProvider, NextUid, SendAppendAsync, received);
    }

    /// <summary>Completes when the client's state says that the connection has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the application may send.</summary>
    public bool IsEstablished { get => Volatile.Read(ref _isEstablished); set => Volatile.Write(ref _isEstablished, value); }

    /// <summary>When the client became ready, as a timestamp of its clock; set by the loop before <see cref="IsEstablished"/>.</summary>
    public long ReadySince { get; set; }

    /// <summary>Whether the server has accepted that the client asks for receipts, which it may do without knowing them; set by the loop.</summary>
    public bool AcceptsReceipts { get; set; }

    /// <summary>Whether the server sends a receipt for each packet that it appends: it was asked for them, and a snapshot of a room has shown that it knows them.</summary>
    public bool GivesReceipts => Volatile.Read(ref _givesReceipts);

    /// <summary>A uid that no waiting request has.</summary>
    public int NextUid() => _pending.NextUid();

    /// <summary>Queues a packet; waits while the server reads too slowly.</summary>
    /// <returns>False when the connection has ended; the packet is not queued.</returns>
    public async ValueTask<bool> TrySendAsync(int uid, Packet packet, CancellationToken cancellationToken)
    {
        var length = PacketHeader.Size + packet.Data.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            PacketWriter.Write(buffer, uid, packet.Command, packet.P1, packet.P2, packet.Data.Span);
            return await TrySendAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc cref="Appends.TryAdd"/>
    public Append? TryAppend(Packet packet) => _appends.TryAdd(packet);

    /// <inheritdoc cref="Appends.TryRemove"/>
    public bool TryWithdraw(Append append) => _appends.TryRemove(append);

    /// <inheritdoc cref="PendingRequests.TryAdd"/>
    public Task<Packet>? TryExpect(int uid, Action<Packet>? replied) => _pending.TryAdd(uid, replied);

    /// <inheritdoc cref="PendingRequests.Remove"/>
    public void Forget(int uid) => _pending.Remove(uid);

    /// <summary>Sends a request of the client's own.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="replied">Called where the reply is received, before the packet behind it is.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is sent.</param>
    /// <returns>Completes with the reply, RESP_ERROR included. When the connection has ended, receiving says so.</returns>
    public async ValueTask<Task<Packet>> AskAsync(Packet packet, Action<Packet>? replied, CancellationToken cancellationToken)
    {
        var uid = NextUid();
        var reply = _pending.Add(uid, replied);
        await TrySendAsync(uid, packet, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <summary>Waits for the next packet and handles it.</summary>
    /// <exception cref="SessionEndedException">The connection has ended, or has to.</exception>
    public async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        ReceivedMessage? message;
        try
        {
            message = await _channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketEndedException e)
        {
            throw new SessionEndedException(Volatile.Read(ref _failure) ?? DisconnectCauses.Of(e.End));
        }

        Handle(message ?? throw new SessionEndedException(DisconnectCauses.Of(await _channel.Ended.ConfigureAwait(false))));
    }

    /// <summary>Ends the connection from outside of the loop, which is told why.</summary>
    public void Fail(DisconnectCause cause)
    {
        Interlocked.CompareExchange(ref _failure, cause, null);
        _channel.Abort();
    }

    /// <summary>Closes the connection in order, behind what is queued, and releases it; at the latest when the close timeout is over.</summary>
    /// <param name="cause">Why; null if the application wants it. The server is told if it has done something wrong.</param>
    public async Task CloseAsync(DisconnectCause? cause)
    {
        await using (_channel.ConfigureAwait(false))
        {
            var (status, reason) = cause is { Kind: DisconnectKind.ProtocolViolation, CloseStatus: { } violated } ? (violated, cause.Message) : (CloseStatus.NormalClosure, "");
            if (cause?.Kind is null or DisconnectKind.ProtocolViolation or DisconnectKind.Refused)
                await _channel.CloseAsync(status, reason).ConfigureAwait(false);
        }
    }

    /// <summary>The state says that the connection has ended: whoever waits for something is told.</summary>
    public void End(ClientState state)
    {
        _pending.End(state);
        _appends.End(state);
        _ended.TrySetResult();
    }

    private void Handle(ReceivedMessage message)
    {
        if (message.Type != MessageType.Binary)
            throw new SessionEndedException(DisconnectCauses.Violation(CloseStatus.UnsupportedData, "a text message"));
        var status = PacketReader.TryReadMessage(message.Payload.Span, out var header, out var data);
        if (status != PacketReadStatus.Done)
            throw new SessionEndedException(DisconnectCauses.NotAPacket(status));
        var packet = new Packet(header.Command, header.P1, header.P2, data.ToArray()) { Uid = header.Uid };
        if (AcceptsReceipts)
            CheckReceipts(packet);
        if (packet.Uid < 0 || !(_appends.TryComplete(packet) || _pending.TryComplete(packet)))
            _received(packet);
    }

    private void CheckReceipts(Packet packet)
    {
        if (packet.Command == (int)PacketCommand.Snapshot)
            Volatile.Write(ref _givesReceipts, true);
        else if (packet.Command == (int)PacketCommand.Receipt && !LogEvent.TryReadReceipt(packet, out _))
            throw new SessionEndedException(DisconnectCauses.Violation(CloseStatus.ProtocolError, "a RECEIPT that is malformed"));
    }

    private ValueTask<bool> SendAppendAsync(ReadOnlyMemory<byte> packet) => TrySendAsync(packet, CancellationToken.None);

    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> packet, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.SendAsync(MessageType.Binary, packet, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (WebSocketEndedException)
        {
            return false;
        }
    }
}

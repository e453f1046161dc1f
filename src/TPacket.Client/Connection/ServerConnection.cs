using System.Buffers;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>One connection with its pending requests. Only the client's loop receives; all other members are thread-safe.</summary>
internal sealed class ServerConnection
{
    private readonly WebSocketChannel _channel;
    private readonly Action<Packet> _received;
    private readonly PendingRequests _pending;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DisconnectCause? _failure;
    private bool _isEstablished;
    private bool _canSend;

    /// <summary>Wraps an open WebSocket.</summary>
    /// <param name="channel">The WebSocket, which the connection owns.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="uids">The client's uids.</param>
    /// <param name="user">The user. The loop replaces the user if the client signs in again.</param>
    /// <param name="received">Called for every packet that is not a reply.</param>
    public ServerConnection(WebSocketChannel channel, TPacketClientOptions options, UidCounter uids, UserSession user, Action<Packet> received)
    {
        _channel = channel;
        _received = received;
        _pending = new PendingRequests(options.MaxPendingRequests, uids);
        User = user;
    }

    /// <summary>The user; set by the loop before <see cref="IsEstablished"/>.</summary>
    public UserSession User { get; set; }

    /// <summary>The delay and the address for the next connection; null unless the server has named them. Set by the loop.</summary>
    public MoveOn? MoveOn { get; set; }

    /// <summary>Completes after the client's state says that the connection has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the application may send: the client is ready, or is in the room and receives its history.</summary>
    public bool CanSend { get => Volatile.Read(ref _canSend); set => Volatile.Write(ref _canSend, value); }

    /// <summary>Whether the client is or was ready on this connection.</summary>
    public bool IsEstablished { get => Volatile.Read(ref _isEstablished); set => Volatile.Write(ref _isEstablished, value); }

    /// <summary>The time at which the client became ready, as a timestamp of its clock; set by the loop before <see cref="IsEstablished"/>.</summary>
    public long ReadySince { get; set; }

    /// <summary>Returns a uid that no waiting request has.</summary>
    public int NextUid() => _pending.NextUid();

    /// <summary>Enqueues a packet. Waits while the outbound queue is full, because the server reads too slowly.</summary>
    /// <returns>False if the connection has ended; the packet is not enqueued.</returns>
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

    /// <summary>Enqueues an encoded packet. Waits while the outbound queue is full, because the server reads too slowly.</summary>
    /// <returns>False if the connection has ended; the packet is not enqueued.</returns>
    public ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> packet) => TrySendAsync(packet, CancellationToken.None);

    /// <inheritdoc cref="PendingRequests.TryAdd"/>
    public Task<Packet>? TryExpect(int uid, Action<Packet>? replied) => _pending.TryAdd(uid, replied);

    /// <inheritdoc cref="PendingRequests.Remove"/>
    public void Forget(int uid) => _pending.Remove(uid);

    /// <summary>Sends a request of the client itself, which does not count towards <see cref="TPacketClientOptions.MaxPendingRequests"/>.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="replied">Called by the loop with the reply, before it receives the next packet.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is sent.</param>
    /// <returns>The reply, which may be RESP_ERROR. If the connection has ended, <see cref="ReceiveAsync"/> throws.</returns>
    public async ValueTask<Task<Packet>> AskAsync(Packet packet, Action<Packet>? replied, CancellationToken cancellationToken)
    {
        var uid = NextUid();
        var reply = _pending.Add(uid, replied);
        await TrySendAsync(uid, packet, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <summary>Receives the next packet and handles it.</summary>
    /// <exception cref="ConnectionEndedException">The connection has ended, or must end.</exception>
    public async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        ReceivedMessage? message;
        try
        {
            message = await _channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketEndedException e)
        {
            throw new ConnectionEndedException(Volatile.Read(ref _failure) ?? DisconnectCauses.Of(e.End));
        }

        Handle(message ?? throw new ConnectionEndedException(DisconnectCauses.Of(await _channel.Ended.ConfigureAwait(false))));
    }

    /// <summary>Aborts the connection from any thread. The loop ends it with this cause.</summary>
    public void Fail(DisconnectCause cause)
    {
        Interlocked.CompareExchange(ref _failure, cause, null);
        _channel.Abort();
    }

    /// <summary>Flushes the queue, performs the closing handshake and disposes of the connection, within the close timeout.</summary>
    /// <param name="cause">The cause; null if the application closes the client. The close frame carries it if the server violated a protocol.</param>
    /// <param name="comesBack">Whether the client reconnects. It then closes with 1001, because 1000 would end the user's session.</param>
    public async Task CloseAsync(DisconnectCause? cause, bool comesBack)
    {
        await using (_channel.ConfigureAwait(false))
        {
            var (status, reason) = cause is { Kind: DisconnectKind.ProtocolViolation, CloseStatus: { } violated } ? (violated, cause.Message)
                : (comesBack ? CloseStatus.GoingAway : CloseStatus.NormalClosure, "");
            if (cause?.Kind is null or DisconnectKind.ProtocolViolation or DisconnectKind.Refused)
                await _channel.CloseAsync(status, reason).ConfigureAwait(false);
        }
    }

    /// <summary>Fails the pending requests. Called after the state says that the connection has ended.</summary>
    public void End(ClientState state)
    {
        _pending.End(state);
        _ended.TrySetResult();
    }

    private void Handle(ReceivedMessage message)
    {
        if (message.Type != MessageType.Binary)
            throw new ConnectionEndedException(DisconnectCauses.Violation(CloseStatus.UnsupportedData, "a text message"));
        var status = PacketReader.TryReadMessage(message.Payload.Span, out var header, out var data);
        if (status != PacketReadStatus.Done)
            throw new ConnectionEndedException(DisconnectCauses.NotAPacket(status));
        var packet = new Packet(header.Command, header.P1, header.P2, data.ToArray()) { Uid = header.Uid };
        if (User.AcceptsReceipts)
            CheckReceipts(packet);
        if (packet.Uid < 0 || !(User.Appends.TryComplete(packet) || _pending.TryComplete(packet)))
            _received(packet);
    }

    private void CheckReceipts(Packet packet)
    {
        if (packet.Command == (int)PacketCommand.Snapshot)
            User.GivesReceipts = true;
        else if (packet.Command == (int)PacketCommand.Receipt && !LogEvent.TryReadReceipt(packet, out _))
            throw new ConnectionEndedException(DisconnectCauses.Violation(CloseStatus.ProtocolError, "a RECEIPT that is malformed"));
    }

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

using TPacket.Client.Connection;
using TPacket.Client.Rooms;
using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>
/// Sends packets of the application on the current connection, and waits for the server's answers. Thread-safe.
/// <see cref="TPacketClient"/> documents the exceptions.
/// </summary>
/// <param name="options">Limits and deadlines.</param>
/// <param name="events">The source of the client's state.</param>
/// <param name="loop">The source of the connection.</param>
internal sealed class Sender(TPacketClientOptions options, EventDispatcher events, ClientLoop loop)
{
    private ClientState State => events.State;

    public async Task<Receipt> AppendAsync(Packet packet, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = GetConnection();
        if (!connection.User.GivesReceipts)
            return new Receipt(await SendAsync(connection, packet, cancellationToken).ConfigureAwait(false));
        var append = Add(connection, packet);
        await QueueAsync(connection, append, cancellationToken).ConfigureAwait(false);
        try
        {
            var reply = await WaitAsync(connection.User.Appends, append.Reply, cancellationToken).ConfigureAwait(false);
            if (Engagement.IsRefusal(reply))
                throw new RequestRefusedException(reply, State);
            return LogEvent.TryReadReceipt(reply, out var place) ? new Receipt(reply.Uid) { Offset = place.Offset, Time = place.Time } : new Receipt(reply.Uid);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RequestTimeoutException(packet.Command, options.Timeout, State);
        }
    }

    public async ValueTask<int> SendAsync(Packet packet, CancellationToken cancellationToken)
    {
        var connection = GetConnection();
        // The server sends a receipt for each message, and the uids of packets with receipts must rise.
        return packet.Command == (int)PacketCommand.NewMsg && connection.User.GivesReceipts
            ? await QueueAsync(connection, Add(connection, packet), cancellationToken).ConfigureAwait(false)
            : await SendAsync(connection, packet, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Packet> RequestAsync(Packet packet, Action<Packet>? replied, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = GetConnection();
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var uid = connection.NextUid();
        var reply = connection.TryExpect(uid, replied) ??
            throw new TPacketClientException($"{options.MaxPendingRequests} requests wait for replies; nothing is sent.", State);
        try
        {
            await SendAsync(connection, uid, packet, either.Token).ConfigureAwait(false);
            var received = await reply.WaitAsync(either.Token).ConfigureAwait(false);
            return Engagement.IsRefusal(received) ? throw new RequestRefusedException(received, State) : received;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RequestTimeoutException(packet.Command, timeout, State);
        }
        finally
        {
            connection.Forget(uid);
        }
    }

    /// <summary>Enters a room.</summary>
    /// <returns>The error; null for success.</returns>
    public async Task<TPacketClientException?> EnterAsync(string room)
    {
        var connection = GetConnection();
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, options.Timeout);
        try
        {
            var (entered, complete) = await loop.EnterAsync(connection, room, deadline.Token).ConfigureAwait(false);
            var reply = await entered.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (Engagement.IsRefusal(reply))
                return new RequestRefusedException(reply, State);
            await complete.WaitAsync(deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (TPacketClientException e)
        {
            return e;
        }
        catch (OperationCanceledException)
        {
            // The server may have handled SET_ROOM or not, so the client does not know its room. A new connection makes it known.
            connection.Fail(DisconnectCauses.Timeout("the room"));
            await connection.Ended.ConfigureAwait(false);
            return new RequestTimeoutException((int)PacketCommand.SetRoom, options.Timeout, State);
        }
    }

    private ServerConnection GetConnection() => loop.Connection ?? throw new TPacketClientException($"The client is not ready. {State}", State);

    private async ValueTask<int> SendAsync(ServerConnection connection, Packet packet, CancellationToken cancellationToken)
    {
        var uid = connection.NextUid();
        await SendAsync(connection, uid, packet, cancellationToken).ConfigureAwait(false);
        return uid;
    }

    private Append Add(ServerConnection connection, Packet packet) =>
        connection.User.Appends.TryAdd(packet) ?? throw new TPacketClientException($"{AppendQueue.Capacity} packets wait for receipts and {options.MaxPendingRequests} more are queued; nothing is sent.", State);

    /// <summary>Waits until a packet has left the queue and is sent.</summary>
    private async ValueTask<int> QueueAsync(ServerConnection connection, Append append, CancellationToken cancellationToken)
    {
        if (append.Queued.IsCompletedSuccessfully)
            return await append.Queued.ConfigureAwait(false);
        try
        {
            return await WaitAsync(connection.User.Appends, append.Queued, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var isWithdrawn = connection.User.Appends.TryRemove(append);
            cancellationToken.ThrowIfCancellationRequested();
            if (isWithdrawn)
                throw new TPacketClientException($"{AppendQueue.Capacity} packets wait for receipts; nothing is sent.", State);
            throw new RequestTimeoutException(append.Command, options.Timeout, State);
        }
    }

    /// <summary>Waits for an answer. The deadline restarts with each connection, and does not run without a connection.</summary>
    private async Task<T> WaitAsync<T>(AppendQueue appends, Task<T> answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var attached = appends.Attached;
            await Task.WhenAny(attached, answer).WaitAsync(cancellationToken).ConfigureAwait(false);
            using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, options.Timeout);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                return await answer.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && appends.Attached != attached)
            {
                // The client has another connection: the deadline restarts.
            }
        }
    }

    private async ValueTask SendAsync(ServerConnection connection, int uid, Packet packet, CancellationToken cancellationToken)
    {
        if (await connection.TrySendAsync(uid, packet, cancellationToken).ConfigureAwait(false))
            return;
        await connection.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new TPacketClientException($"The connection has ended; nothing is sent. {State}", State);
    }
}

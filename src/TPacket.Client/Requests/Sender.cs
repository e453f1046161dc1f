using TPacket.Client.Connection;
using TPacket.Client.Rooms;
using TPacket.Protocol;

namespace TPacket.Client.Requests;

/// <summary>Sends what the application asks for on the connection of that moment, and waits for the server's answers. Thread-safe; <see cref="TPacketClient"/> documents what is thrown.</summary>
/// <param name="options">Limits and deadlines.</param>
/// <param name="events">Knows the client's state.</param>
/// <param name="loop">Has the connection.</param>
internal sealed class Sender(TPacketClientOptions options, ClientEvents events, ClientLoop loop)
{
    private ClientState State => events.State;

    public async Task<Receipt> AppendAsync(Packet packet, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var session = GetSession();
        if (!session.GivesReceipts)
            return new Receipt(await SendAsync(session, packet, cancellationToken).ConfigureAwait(false));
        var append = Add(session, packet);
        await QueueAsync(session, append, cancellationToken).ConfigureAwait(false);
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var reply = await append.Reply.WaitAsync(either.Token).ConfigureAwait(false);
            if (ClientLoop.IsRefusal(reply))
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
        var session = GetSession();
        // The server gives a receipt for each message, and the uids of those have to rise.
        return packet.Command == (int)PacketCommand.NewMsg && session.GivesReceipts
            ? await QueueAsync(session, Add(session, packet), cancellationToken).ConfigureAwait(false)
            : await SendAsync(session, packet, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Packet> RequestAsync(Packet packet, Action<Packet>? replied, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var session = GetSession();
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var uid = session.NextUid();
        var reply = session.TryExpect(uid, replied) ??
            throw new TPacketClientException($"{options.MaxPendingRequests} requests wait for their replies; nothing is sent.", State);
        try
        {
            await SendAsync(session, uid, packet, either.Token).ConfigureAwait(false);
            var received = await reply.WaitAsync(either.Token).ConfigureAwait(false);
            return ClientLoop.IsRefusal(received) ? throw new RequestRefusedException(received, State) : received;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RequestTimeoutException(packet.Command, timeout, State);
        }
        finally
        {
            session.Forget(uid);
        }
    }

    /// <summary>Enters a room.</summary>
    /// <returns>What has failed; null for nothing.</returns>
    public async Task<TPacketClientException?> EnterAsync(string room)
    {
        var session = GetSession();
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, options.Timeout);
        try
        {
            var (entered, complete) = await loop.EnterAsync(session, room, again: false, deadline.Token).ConfigureAwait(false);
            var reply = await entered.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (ClientLoop.IsRefusal(reply))
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
            // Where the client is, nobody knows.
            session.Fail(DisconnectCauses.Timeout("the room"));
            await session.Ended.ConfigureAwait(false);
            return new RequestTimeoutException((int)PacketCommand.SetRoom, options.Timeout, State);
        }
    }

    private Session GetSession() => loop.Session ?? throw new TPacketClientException($"The client is not ready. {State}", State);

    private async ValueTask<int> SendAsync(Session session, Packet packet, CancellationToken cancellationToken)
    {
        var uid = session.NextUid();
        await SendAsync(session, uid, packet, cancellationToken).ConfigureAwait(false);
        return uid;
    }

    private Append Add(Session session, Packet packet) =>
        session.TryAppend(packet) ?? throw new TPacketClientException($"{options.MaxPendingRequests} packets wait until fewer than {Appends.Capacity} are without their receipts; nothing is sent.", State);

    /// <summary>Waits until a packet has a place among those that wait for their receipts, and is queued.</summary>
    private async ValueTask<int> QueueAsync(Session session, Append append, CancellationToken cancellationToken)
    {
        if (append.Queued.IsCompletedSuccessfully)
            return await append.Queued.ConfigureAwait(false);
        using var deadline = new ReplyDeadline(options.WebSocket.TimeProvider, options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await append.Queued.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var isWithdrawn = session.TryWithdraw(append);
            cancellationToken.ThrowIfCancellationRequested();
            if (isWithdrawn)
                throw new TPacketClientException($"{Appends.Capacity} packets wait for their receipts; nothing is sent.", State);
            throw new RequestTimeoutException(append.Command, options.Timeout, State);
        }
    }

    private async ValueTask SendAsync(Session session, int uid, Packet packet, CancellationToken cancellationToken)
    {
        if (await session.TrySendAsync(uid, packet, cancellationToken).ConfigureAwait(false))
            return;
        await session.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new TPacketClientException($"The connection has ended; nothing is sent. {State}", State);
    }
}

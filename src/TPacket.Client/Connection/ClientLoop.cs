using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>
/// Runs a client from ConnectAsync until it is closed: makes attempts and connections, and waits for the delays between them.
/// Raises all states and events, one at a time.
/// </summary>
internal sealed class ClientLoop(Uri address, TPacketClientOptions options, EventDispatcher events, RoomView view, ILogger logger)
{
    private readonly TimeProvider _timeProvider = options.WebSocket.TimeProvider;
    private readonly Engagement _engagement = new(options, events, view, logger);
    private ServerConnection? _connection;

    // The address that a server has named with MOVE_ON; null for none.
    private Uri? _namedAddress;

    /// <summary>The connection on which the application may send; null while it may not send.</summary>
    public ServerConnection? Connection => Volatile.Read(ref _connection) is { CanSend: true } connection ? connection : null;

    private Uri Server => _namedAddress ?? address;

    /// <summary>Runs until the client is closed.</summary>
    /// <param name="nick">The nick.</param>
    /// <param name="room">The room; null for none.</param>
    /// <param name="connected">The loop completes it when the client is ready, and fails it if the client closes before.</param>
    /// <param name="closing">Called before the state becomes <see cref="ClientPhase.Closed"/>.</param>
    /// <param name="stop">Cancelled to close the client.</param>
    public async Task RunAsync(string nick, string? room, TaskCompletionSource connected, Action closing, CancellationToken stop)
    {
        _engagement.Begin(nick, room);
        for (var attempt = 0; ;)
        {
            var (end, next) = await RunConnectionAsync(attempt, connected, stop).ConfigureAwait(false);
            if (next is { } again)
            {
                attempt = again.Attempt;
                if (await PauseAsync(again, end!.Cause, stop).ConfigureAwait(false))
                    continue;
                end = null;
            }

            Close(end, connected, closing);
            return;
        }
    }

    /// <inheritdoc cref="Engagement.EnterAsync"/>
    public ValueTask<(Task<Packet> Entered, Task<Packet> Complete)> EnterAsync(ServerConnection connection, string room, CancellationToken cancellationToken) =>
        _engagement.EnterAsync(connection, room, again: false, cancellationToken);

    /// <summary>Makes one attempt to connect, and receives on the connection until it ends.</summary>
    /// <returns>The cause of the end, null if the application closed the client; and the next attempt, null for none.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Any other exception closes the client, and becomes the cause in its state.")]
    private async Task<(ConnectionEndedException? End, Reconnection? Next)> RunConnectionAsync(int attempt, TaskCompletionSource connected, CancellationToken stop)
    {
        ConnectionEndedException? end = null;
        try
        {
            var connection = await OpenAsync(attempt, stop).ConfigureAwait(false);
            await _engagement.EngageAsync(connection, isReturn: connected.Task.IsCompleted, stop).ConfigureAwait(false);
            // A handler may have closed the client.
            stop.ThrowIfCancellationRequested();
            connected.TrySetResult();
            while (true)
                await connection.ReceiveAsync(stop).ConfigureAwait(false);
        }
        catch (ConnectionEndedException e)
        {
            end = e;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Closed by the application.
        }
        catch (Exception e)
        {
            end = new ConnectionEndedException(DisconnectCauses.Failed(e));
        }

        if (stop.IsCancellationRequested)
            end = null;
        view.Interrupt();
        // Measured before the closing handshake, which can take as long as the close timeout.
        TimeSpan? ready = _connection is { IsEstablished: true } established ? _timeProvider.GetElapsedTime(established.ReadySince) : null;
        var moveOn = _connection?.MoveOn;
        var next = end is null ? null : Next(end.Cause, attempt, ready, moveOn?.Delay);
        // If the client was not ready on this connection, it gives up the named address, unless the server has named a delay for the next attempt.
        if (moveOn?.Address is { } named)
            _namedAddress = named;
        else if (ready is null && moveOn is null)
            _namedAddress = null;
        if (_connection is { } ended)
        {
            if (IsOver(end?.Cause, ready, next))
                ended.User.Forget();
            await ended.CloseAsync(end?.Cause, comesBack: next is not null).ConfigureAwait(false);
        }

        return (end, next);
    }

    /// <summary>
    /// Returns whether the user's session is certainly over: the client closes with 1000, the server has refused the client or closed the connection
    /// permanently, or another connection has taken over the session. If the client misses the end of a session, the server refuses its next RESUME.
    /// </summary>
    private static bool IsOver(DisconnectCause? cause, TimeSpan? ready, Reconnection? next) =>
        next is null && (cause is null ? ready is not null : cause.Kind is DisconnectKind.Refused or DisconnectKind.ClosedByServer && !cause.IsTransient);

    private async Task<ServerConnection> OpenAsync(int attempt, CancellationToken stop)
    {
        events.SetState(new ClientState(ClientPhase.Connecting) { Attempt = attempt });
        var target = await FindTargetAsync(stop).ConfigureAwait(false);
        var connection = _engagement.Attach(await ConnectAsync(target, stop).ConfigureAwait(false), target.Address);
        Volatile.Write(ref _connection, connection);
        return connection;
    }

    /// <summary>
    /// Returns the target of an attempt: the result of <see cref="TPacketClientOptions.Target"/> if it is set, otherwise the server's address.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "Any exception of the application's function fails the attempt.")]
    private async Task<ConnectTarget> FindTargetAsync(CancellationToken stop)
    {
        if (options.Target is null)
            return new ConnectTarget(Server);
        ConnectTarget? target;
        using var deadline = new ReplyDeadline(_timeProvider, options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            target = await options.Target(Server, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            throw new ConnectionEndedException(DisconnectCauses.NoAddress(e));
        }

        var address = ServerAddress.Of((target ?? throw new ConnectionEndedException(DisconnectCauses.NoTarget())).Address);
        return target with { Address = address ?? throw new ArgumentException("The address of a server begins with ws:, wss:, http: or https:.") };
    }

    private async Task<WebSocketChannel> ConnectAsync(ConnectTarget target, CancellationToken stop)
    {
        var webSocket = options.WebSocket;
        if (options.Target is not null)
            webSocket = webSocket with { Headers = [.. webSocket.Headers, .. target.Headers], Subprotocols = target.Subprotocols ?? webSocket.Subprotocols };
        try
        {
            return await WebSocketChannel.ConnectAsync(target.Address, webSocket, stop).ConfigureAwait(false);
        }
        catch (WebSocketConnectException e)
        {
            throw new ConnectionEndedException(DisconnectCauses.Of(e, target.Address));
        }
    }

#pragma warning disable CA5394 // The random part of the delay needs no secure generator.
    private Reconnection? Next(DisconnectCause cause, int attempt, TimeSpan? ready, TimeSpan? wanted) =>
        // With Target, the next attempt may have another token, so 401 and 403 are not final.
        Reconnection.After(options.Target is not null && cause.HttpStatus is 401 or 403 ? cause with { HttpStatus = null } : cause, attempt, ready, options.Reconnect, Random.Shared.NextDouble(), wanted);
#pragma warning restore CA5394

    /// <summary>Waits for the delay before another attempt.</summary>
    /// <returns>False if the application has closed the client meanwhile.</returns>
    private async Task<bool> PauseAsync(Reconnection next, DisconnectCause cause, CancellationToken stop)
    {
        var (attempt, delay) = next;
        // The timer starts before handlers are notified: a test's handler may advance the clock.
        var pause = Task.Delay(delay, _timeProvider, stop);
        ClientLog.Reconnecting(logger, Server.Authority, attempt, delay, cause);
        Disconnect(new ClientState(ClientPhase.Reconnecting) { Attempt = attempt, Delay = delay, Cause = cause });
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }

    private void Close(ConnectionEndedException? end, TaskCompletionSource connected, Action closing)
    {
        var state = new ClientState(ClientPhase.Closed) { Cause = end?.Cause };
        // Detached first: a handler may create enumerations for the next connection, which must not end here.
        var streams = events.Detach();
        closing();
        Disconnect(state);
        view.Leave();
        foreach (var stream in streams)
            stream.Complete(end is null ? null : Error());
        connected.TrySetException(Error());

        TPacketClientException Error() => end?.Refusal is { } refusal
            ? new RequestRefusedException(refusal, state)
            : new TPacketClientException(end is null ? "The client was closed." : $"The client is closed: {end.Cause}.", state);
    }

    /// <summary>Sets a state without a connection, and then fails the calls that wait for an answer.</summary>
    private void Disconnect(ClientState state)
    {
        events.SetState(state);
        _engagement.OnDisconnected(state, wasReady: Connection is not null);
        _connection?.End(state);
        Volatile.Write(ref _connection, null);
    }
}

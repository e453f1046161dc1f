using TPacket.Diagnostics;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Observers;
using TPacket.Transports.Loops;

namespace TPacket.Server.Rooms;

/// <summary>
/// A room's subscription to its log: opens the log, appends and reads within the store's deadline, and passes the events on to the delivery.
/// The room stays open as long as it has a hold: of a member here, of a user that enters or leaves, or of the application. Thread-safe.
/// </summary>
internal sealed class RoomSubscription(Room room, RoomRegistry rooms, RoomDelivery delivery, RoomObservation? observation) : IRoomSubscriber
{
    private const int Closed = -1;

    private readonly Lock _gate = new();
    private Task? _opening;
    private volatile IRoomLog? _log;
    private int _holds;

    public Room Room => room;

    void IRoomSubscriber.OnReset(RoomSnapshot snapshot)
    {
        var batch = FlushBatch.Enter();
        try
        {
            if (delivery.OnReset(snapshot))
                ThreadPool.UnsafeQueueUserWorkItem(static subscription => _ = subscription.ComputeAgainAsync(), this, preferLocal: false);
            observation?.OnReset();
        }
        finally
        {
            batch.Exit();
        }
    }

    void IRoomSubscriber.OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        // A store that delivers on a thread of its own has no batch. This batch gives each member one write for all events.
        var batch = FlushBatch.Enter();
        try
        {
            delivery.OnEvents(events);
            observation?.OnEvents(events);
        }
        catch (Exception e)
        {
            // The store answers with a snapshot, and does not pass the exception to the caller that has appended.
            rooms.OnDeliveryFailed(room, e);
            throw;
        }
        finally
        {
            batch.Exit();
        }
    }

    void IRoomSubscriber.OnLost(Exception cause)
    {
        rooms.OnLost(room, cause, delivery.Admission.End());
        // The store must not be called from within its own call.
        ThreadPool.UnsafeQueueUserWorkItem(static subscription => subscription.Close(), this, preferLocal: false);
    }

    /// <summary>
    /// Closes the room because it cannot continue here. The server closes its members with 1013; they reconnect and enter a new room with the same name.
    /// </summary>
    public void Lose(Exception cause)
    {
        rooms.OnLost(room, cause, delivery.Admission.End());
        Close();
    }

    /// <summary>Adds a hold, which keeps the room open until <see cref="Release"/>.</summary>
    /// <returns>False if the room is closed.</returns>
    public bool TryHold()
    {
        lock (_gate)
        {
            if (_holds == Closed)
                return false;
            _holds++;
            return true;
        }
    }

    /// <summary>Removes a hold. The room closes with its last hold.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_holds == Closed || --_holds > 0)
                return;
        }

        Close();
    }

    /// <summary>Opens the log, once for all callers. A room that cannot be opened is closed.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    /// <exception cref="RoomRulesException">The room has rules that this server does not have.</exception>
    public Task OpenAsync()
    {
        lock (_gate)
            return _opening ??= OpenOnceAsync();
    }

    /// <inheritdoc cref="Room.AppendAsync"/>
    public ValueTask<AppendResult> AppendAsync(RoomAppend append)
    {
        // Nobody receives the events of a room that is not open.
        if (_log is not { } log)
            return new ValueTask<AppendResult>(new AppendResult(AppendStatus.Closed, default));
        ValueTask<AppendResult> appending;
        // A store may deliver while it holds a lock: the batch writes after the store has released it.
        var batch = FlushBatch.Enter();
        try
        {
            appending = log.AppendAsync(append);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<AppendResult>(StoreDeadline.Failure(e, room.Name));
        }
        finally
        {
            batch.Exit();
        }

        if (!appending.IsCompletedSuccessfully)
            return AppendSlow(appending);
        var result = appending.Result;
        return IsDelivered(result) ? new ValueTask<AppendResult>(result) : DeliverSlow(result);
    }

    /// <inheritdoc cref="IRoom.ReadAsync"/>
    public async ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        if (_log is not { } log)
            return new RoomPage(true, default, []);
        try
        {
            return await rooms.StoreDeadline.WaitAsync(log.ReadAsync(after, maxEvents, cancellationToken), room.Name).ConfigureAwait(false);
        }
        catch (Exception e) when ((e.InnerException ?? e) is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e)
        {
            var failure = StoreDeadline.Failure(e, room.Name);
            // A read changes nothing, so its outcome is never unknown.
            throw failure.IsOutcomeUnknown ? new RoomStoreException(failure.Message, isOutcomeUnknown: false, failure) : failure;
        }
    }

    /// <inheritdoc cref="Room.ReadRulesAsync"/>
    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents) => _log is { } log
        ? rooms.StoreDeadline.WaitAsync(log.ReadRulesAsync(after, maxEvents, default), room.Name)
        : throw new RoomStoreException($"Room '{Printable.Escape(room.Name)}' is closed.", isOutcomeUnknown: false);

    private async Task OpenOnceAsync()
    {
        var opening = default(Task<IRoomLog>);
        try
        {
            opening = rooms.Store.OpenAsync(room.Name, this, default).AsTask();
            var log = await rooms.StoreDeadline.WaitAsync(new ValueTask<IRoomLog>(opening), room.Name).ConfigureAwait(false);
            bool isClosed;
            lock (_gate)
            {
                isClosed = _holds == Closed;
                _log = isClosed ? null : log;
            }

            if (isClosed)
                await rooms.DisposeAsync(room, log).ConfigureAwait(false);
            else if (room.Rules is { } rules)
                await ComputeAsync(rules).ConfigureAwait(false);
            else if (delivery.RulesName is { } missing)
                throw new RoomRulesException($"Room '{Printable.Escape(room.Name)}' has the rules '{Printable.Escape(missing)}', which this server does not have.");
            // The task of an open room would keep every object of the opening alive.
            lock (_gate)
                _opening = Task.CompletedTask;
        }
        catch (RoomRulesException)
        {
            Close();
            throw;
        }
        catch (Exception e)
        {
            Close();
            if (opening is { IsCompletedSuccessfully: false })
                rooms.DisposeWhenOpen(room, opening);
            throw new RoomStoreException($"The store cannot open room '{Printable.Escape(room.Name)}'.", isOutcomeUnknown: false, e);
        }
    }

    private void Close()
    {
        IRoomLog? log;
        lock (_gate)
        {
            if (_holds == Closed)
                return;
            _holds = Closed;
            log = _log;
            _log = null;
        }

        room.Rules?.Close();
        observation?.OnClosed();
        rooms.Remove(room);
        if (log is not null)
            _ = rooms.DisposeAsync(room, log);
    }

    /// <summary>Computes the state of the rules after a yield, because the caller may hold the lock under which the room is opened.</summary>
    private static async Task ComputeAsync(Rules.RulesRoom rules)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await rules.ComputeAsync().ConfigureAwait(false);
    }

    private async Task ComputeAgainAsync()
    {
        if (!TryHold())
            return;
        try
        {
            await room.Rules!.ComputeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Lose(e);
        }
        finally
        {
            Release();
        }
    }

    private bool IsDelivered(in AppendResult result) => !result.IsAppended || delivery.Progress.HasReached(result.Position);

    private async ValueTask<AppendResult> AppendSlow(ValueTask<AppendResult> appending)
    {
        var result = await rooms.StoreDeadline.WaitAsync(appending, room.Name).ConfigureAwait(false);
        return IsDelivered(result) ? result : await DeliverSlow(result).ConfigureAwait(false);
    }

    private async ValueTask<AppendResult> DeliverSlow(AppendResult result)
    {
        // A reply must follow the event of its request. If the event does not arrive within the timeout, the store has to repair the subscription.
        await delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        return result;
    }
}

using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Turns;

namespace TPacket.Server.Sessions.Packets;

/// <summary>
/// Runs the filters and the handler of a packet, in the turn of the client's room if the command needs the turn, and answers the packet if they throw.
/// </summary>
internal sealed class PacketDispatcher(RoomRegistry rooms, ServerMetrics metrics, ServerActivities activities, ILogger<Session> logger)
{
    /// <summary>Handles the packet of a context, and completes the context.</summary>
    /// <returns>Completes after the handler; never fails.</returns>
    public ValueTask DispatchAsync(SessionContext context, CommandRoute route)
    {
        if (!activities.HasListeners)
            return RunAsync(context, route);
        var outer = Activity.Current;
        context.Activity = activities.StartCommand(context.Command, context.Session.Handshake?.Links);
        try
        {
            return RunAsync(context, route);
        }
        finally
        {
            // The thread continues with other work.
            Activity.Current = outer is { IsStopped: true } ? null : outer;
        }
    }

    private ValueTask RunAsync(SessionContext context, CommandRoute route)
    {
        ValueTask handling;
        try
        {
            handling = HandleAsync(context, route);
        }
        catch (Exception e)
        {
            OnFailed(context, e);
            handling = default;
        }

        if (!handling.IsCompletedSuccessfully || context.HasScope)
            return RunSlow(context, handling);
        context.Complete();
        return default;
    }

    private async ValueTask RunSlow(SessionContext context, ValueTask handling)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            OnFailed(context, e);
        }

        try
        {
            await context.EndScopeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The packet is answered already.
            SessionLog.HandlerFailed(logger, e, context.Command);
        }

        context.Complete();
    }

    private ValueTask HandleAsync(SessionContext context, CommandRoute route)
    {
        var session = context.Session;
        var room = session.CurrentRoom;
        if (room is not null && route.CountsForRoom && !rooms.TryTake(session, room, context))
            return default;
        metrics.PacketHandled(context.Command);
        return room is not null && route.Scope == CommandScope.Room ? room.RunInTurnAsync(route.Handle, context) : route.Handle(context);
    }

    /// <summary>Answers and logs a packet whose handler or filter has thrown.</summary>
    private void OnFailed(SessionContext context, Exception error)
    {
        // A handler that stops because its client is gone is no failure, and the client cannot receive an answer.
        if (error is OperationCanceledException && context.User.Disconnected.IsCancellationRequested)
            return;
        ServerActivities.OnFailed(context.Activity, error);
        var (code, text) = error switch
        {
            RoomFullException e => (PacketErrorCode.RoomFull, e.Message),
            RoomRulesException e => (PacketErrorCode.Refused, e.Message),
            RoomStoreException { IsOutcomeUnknown: true } => (PacketErrorCode.Unknown, "The room's store has not answered."),
            RoomStoreException => (PacketErrorCode.StoreFailed, "The room's store failed."),
            TurnTimeoutException => (PacketErrorCode.HandlerFailed, "The room is busy."),
            _ => (PacketErrorCode.HandlerFailed, "The command failed."),
        };
        // The room logs the command that holds the turn, so the packets that wait for it are not logged. A full room is no failure.
        if (error is not (TurnTimeoutException or RoomFullException))
            SessionLog.HandlerFailed(logger, error, context.Command);
        context.ReplyError(code, text);
    }
}

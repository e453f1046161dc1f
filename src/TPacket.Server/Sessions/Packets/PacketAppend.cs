using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Packets;

namespace TPacket.Server.Sessions.Packets;

/// <summary>
/// Appends an event for a client's packet, and answers the packet. For a client that accepts RECEIPT, the packet's uid is the request id, so that the store
/// never appends the same packet twice. Such a client must repeat a packet with an unknown outcome before it sends later packets (docs/protocol.md, Receipts).
/// </summary>
internal static class PacketAppend
{
    /// <summary>The text of the answer to a packet that arrives before the client has repeated a packet with an unknown outcome.</summary>
    public const string BlockedText = "It is unknown whether an earlier packet was appended; send that packet again first.";

    /// <summary>Appends an event and answers the packet of the context.</summary>
    /// <exception cref="InvalidOperationException">The handler has appended an event already.</exception>
    public static ValueTask<AppendResult> AppendAsync(Session session, SessionContext context, Room room, in RoomAppend append)
    {
        if (context.IsAppended)
            throw new InvalidOperationException("A handler can append one event for a packet of its client. Use IRoom.BroadcastAsync to append events of the host.");
        if (session.Accepts((int)PacketCommand.Receipt))
            return AppendReceiptedAsync(session, context, room, append);
        var appending = room.AppendAsync(append);
        return appending.IsCompletedSuccessfully ? new ValueTask<AppendResult>(Answer(context, appending.Result)) : WaitAsync(context, appending);
    }

    /// <summary>Refuses a packet because the outcome of an earlier packet is unknown.</summary>
    public static AppendResult AnswerBlocked(SessionContext context)
    {
        context.ReplyError(PacketErrorCode.Unknown, BlockedText);
        return new AppendResult(AppendStatus.Refused, default);
    }

    /// <summary>Refuses a packet of a client that is in no room.</summary>
    public static AppendResult AnswerOutside(SessionContext context) => Answer(context, new AppendResult(AppendStatus.Closed, default));

    private static ValueTask<AppendResult> AppendReceiptedAsync(Session session, SessionContext context, Room room, in RoomAppend append)
    {
        var uid = context.Header.Uid;
        if (uid <= 0)
        {
            context.ReplyError(PacketErrorCode.InvalidArgument, "The uid of a packet that gets a receipt must be positive.");
            return new ValueTask<AppendResult>(new AppendResult(AppendStatus.Refused, default));
        }

        var unknown = session.Pending.Append;
        if (unknown is not null && unknown.Uid != uid)
            return new ValueTask<AppendResult>(AnswerBlocked(context));
        // The host has moved the user meanwhile. In the new room, the packet would be another request.
        if (unknown is not null && unknown.Room != room.Name)
            return new ValueTask<AppendResult>(AnswerOutside(context));
        var appending = room.AppendAsync(append with { Request = new RequestId(session.Member!.Session, uid) });
        return appending.IsCompletedSuccessfully
            ? new ValueTask<AppendResult>(AnswerReceipted(session, context, room, appending.Result))
            : WaitReceiptedAsync(session, context, room, appending);
    }

    private static async ValueTask<AppendResult> WaitAsync(SessionContext context, ValueTask<AppendResult> appending) => Answer(context, await appending.ConfigureAwait(false));

    private static async ValueTask<AppendResult> WaitReceiptedAsync(Session session, SessionContext context, Room room, ValueTask<AppendResult> appending)
    {
        AppendResult result;
        try
        {
            result = await appending.ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            // This attempt has failed, but the store may have appended an earlier attempt, which may have come on another connection or to another server.
            if (!e.IsOutcomeUnknown && session.Pending.Append is null && session.Member!.Generation == 0)
                throw;
            session.Pending.Append = new UnknownAppend(context.Header.Uid, room.Name);
            throw e.IsOutcomeUnknown ? e : new RoomStoreException(e.Message, isOutcomeUnknown: true, e);
        }

        return AnswerReceipted(session, context, room, result);
    }

    private static AppendResult AnswerReceipted(Session session, SessionContext context, Room room, in AppendResult result)
    {
        session.OnAnswered(context.Header.Uid);
        if (!result.IsAppended)
            return Answer(context, result);
        if (!room.HasDelivered(result.Position))
        {
            // The receipt must follow the event. The store has the event, but has not delivered it within the timeout.
            session.Pending.Append = new UnknownAppend(context.Header.Uid, room.Name);
            throw new RoomStoreException("The store has not delivered an event that it has appended.", isOutcomeUnknown: true);
        }

        var (low, high) = EventHead.HalvesOf(result.Position.Offset);
        Span<byte> stamp = stackalloc byte[EventHead.StampSize];
        EventHead.WriteStamp(stamp, result.Time, result.Position.Check);
        context.Reply((int)PacketCommand.Receipt, low, high, stamp);
        context.IsAppended = true;
        return result;
    }

    private static AppendResult Answer(SessionContext context, in AppendResult result)
    {
        switch (result.Status)
        {
            case AppendStatus.Appended:
                context.IsAppended = true;
                break;
            case AppendStatus.Fenced or AppendStatus.Closed:
                // The user may have left the room since its packet arrived.
                context.ReplyError(PacketErrorCode.NotInRoom, "You are not in the room.");
                break;
            case AppendStatus.RequestReused:
                context.ReplyError(PacketErrorCode.InvalidArgument, "Another packet had this uid.");
                break;
            case AppendStatus.RequestTooOld:
                context.ReplyError(PacketErrorCode.TooOld, "The uid is too old: the server does not remember the outcome of its packet.");
                break;
        }

        return result;
    }
}

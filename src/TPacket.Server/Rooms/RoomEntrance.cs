using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>Lets users into a room, and back into it: the log has them before they receive anything.</summary>
internal sealed class RoomEntrance(Room room, RoomDelivery delivery, RoomRegistry rooms)
{
    /// <summary>Lets a user in: the log gets its join, and leaves the room that it was in behind.</summary>
    /// <param name="session">The user's connection.</param>
    /// <param name="from">The room that the user is in, which sends it nothing more when it enters this one.</param>
    /// <param name="uid">The uid of the request, which RESP_OK answers; null where the host moves the user.</param>
    /// <returns>False when the room is gone; a new one has to be made.</returns>
    /// <exception cref="RoomStoreException">The user is not in the room, and where it was before.</exception>
    public async ValueTask<bool> EnterAsync(Session session, Room? from, int? uid)
    {
        if (!room.TryHold())
            return false;
        var member = session.Member!;
        try
        {
            await room.OpenAsync().ConfigureAwait(false);
            await RemoveEarlierAsync(member).ConfigureAwait(false);
            var joined = await room.AppendAsync(new RoomAppend(RoomEvent.Joined(member)) { Condition = room.EntryCondition }).ConfigureAwait(false);
            if (joined.Status == AppendStatus.Full)
                throw new RoomFullException(room.Name);
            if (!joined.IsAppended)
                throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' does not take user {member.Id}: {joined.Status}.", isOutcomeUnknown: false);
            // The newcomer's roster comes from the replica, which has to have the join.
            if (!delivery.Progress.HasReached(joined.Position) || !delivery.Admission.CanAdmit(member))
                throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver in time that user {member.Id} has joined.", isOutcomeUnknown: true);
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            // The log may have the join: it is taken back by the very session that made it.
            session.Pending.Departure = rooms.Leaves.LeaveAsync(room, member, LeaveCause.Moved);
            throw;
        }
        catch
        {
            room.Release();
            throw;
        }

        var left = from?.TryRemove(session) == true;
        var isAdmitted = false;
        try
        {
            isAdmitted = delivery.Admission.TryAdmit(session, EntryReply.Ok(uid));
        }
        finally
        {
            if (!isAdmitted)
                session.Pending.Departure = rooms.Leaves.LeaveAsync(room, member, LeaveCause.Disconnected);
            if (left)
                session.Pending.Departure = rooms.Leaves.LeaveAsync(from!, member, LeaveCause.Moved);
        }

        // It was removed, or the room was lost, in this very moment.
        if (!isAdmitted && !session.HasEnded)
            session.Connection.Close(CloseStatus.TryAgainLater, "the room has the user no more");
        return true;
    }

    /// <summary>Sends a member roster and history once more.</summary>
    /// <returns>False when the member is not here any more.</returns>
    public bool TryRejoin(Session session, int? uid) => room.TryHold() && Rejoin(session, EntryReply.Ok(uid));

    /// <summary>Has a member come back on another connection: the log gets it, and the member what it has missed. The caller holds the room; the hold is the member's from then on.</summary>
    /// <param name="session">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="position">Behind the last event that the client has; null where it has to be sent a snapshot.</param>
    /// <returns>False when the log has the user no more; the hold is the caller's still.</returns>
    /// <exception cref="RoomStoreException">The store failed, or the connection is gone.</exception>
    public async ValueTask<bool> ReturnAsync(Session session, int uid, RoomPosition? position)
    {
        var member = session.Member!;
        var returned = await room.AppendAsync(new RoomAppend(RoomEvent.Returned(member))).ConfigureAwait(false);
        if (returned.Status == AppendStatus.Closed)
            throw new RoomStoreException($"Room '{Printable.Escape(room.Name)}' was lost.", isOutcomeUnknown: true);
        if (!returned.IsAppended)
            return false;
        if (!room.HasDelivered(returned.Position))
            throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver in time that user {member.Id} is back.", isOutcomeUnknown: true);
        // A server that was killed between the two may have changed the nick in the log and not in the session's record. The record's nick is the one that is reserved.
        if (delivery.Replica.Find(member) is { } there && there.Nick != member.Nick)
            await room.AppendAsync(new RoomAppend(RoomEvent.Renamed(member, there.NickUtf8.ToArray()))).ConfigureAwait(false);
        if (await TryAdmitReturnedAsync(session, uid, position).ConfigureAwait(false))
            return true;
        return session.HasEnded || delivery.Admission.HasEnded
            ? throw new RoomStoreException($"User {member.Id} did not come back to room '{Printable.Escape(room.Name)}'.", isOutcomeUnknown: true)
            : false;
    }

    /// <summary>The log may have an earlier connection of the user, where a server ended while the user moved on.</summary>
    private async ValueTask RemoveEarlierAsync(RoomMember member)
    {
        if (member.Generation > 0 && delivery.Replica.FindEarlier(member) is { } earlier)
            await room.AppendAsync(new RoomAppend(RoomEvent.Left(earlier, LeaveCause.NodeLost))).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryAdmitReturnedAsync(Session session, int uid, RoomPosition? position)
    {
        if (position is not { } last || delivery.Admission.BeginResume(session) is not { } resumed)
            return Count(delivery.Admission.TryAdmit(session, new EntryReply(uid, PacketCommand.Resume, 1, session.Id)), "Snapshot");
        ReplayFrames? missed = null;
        try
        {
            missed = await new RoomReplay(room, resumed, rooms).ReadAsync(last).ConfigureAwait(false);
            bool isAdmitted;
            // Its frames leave in one write.
            var batch = FlushBatch.Enter();
            try
            {
                isAdmitted = delivery.Admission.TryAdmit(resumed, missed, uid);
            }
            finally
            {
                batch.Exit();
            }

            return Count(isAdmitted, resumed.IsReplayed ? "Replay" : "Snapshot");
        }
        finally
        {
            missed?.Release();
            delivery.Admission.EndResume(resumed);
        }
    }

    private bool Count(bool isAdmitted, string outcome)
    {
        if (isAdmitted)
            rooms.Metrics.Resumed(outcome);
        return isAdmitted;
    }

    private bool Rejoin(Session session, EntryReply? reply)
    {
        // The hold that the member has already is enough.
        var isRemoved = delivery.Admission.TryRemove(session);
        var isAdmitted = isRemoved && delivery.Admission.TryAdmit(session, reply);
        if (isRemoved && !isAdmitted)
            session.Pending.Departure = rooms.Leaves.LeaveAsync(room, session.Member!, LeaveCause.Moved);
        room.Release();
        return isAdmitted;
    }
}

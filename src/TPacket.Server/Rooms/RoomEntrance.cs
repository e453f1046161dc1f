using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions;
using TPacket.Transports.Loops;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>Lets users enter a room and return to it. The log has the join before the user receives any packet of the room.</summary>
internal sealed class RoomEntrance(Room room, RoomDelivery delivery, RoomRegistry rooms)
{
    /// <summary>Appends the join of a user, admits it, and lets it leave its previous room.</summary>
    /// <param name="session">The user's connection.</param>
    /// <param name="from">The previous room, which sends the user no packets once the user has entered this room; null for none.</param>
    /// <param name="uid">The uid of the request, for RESP_OK; null if the host moves the user.</param>
    /// <returns>False if the room is closed: the caller has to create a new room.</returns>
    /// <exception cref="RoomStoreException">The user has not entered the room, and is still in its previous room.</exception>
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
                throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' rejects the join of user {member.Id}: {joined.Status}.", isOutcomeUnknown: false);
            // The user's roster comes from the replica, which has to include the join.
            if (!delivery.Progress.HasReached(joined.Position) || !delivery.Admission.CanAdmit(member))
                throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver the join of user {member.Id} in time.", isOutcomeUnknown: true);
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            // The log may have the join, so the same session leaves again.
            session.Pending.Leave = rooms.Leaves.LeaveAsync(room, member, LeaveCause.Moved);
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
                session.Pending.Leave = rooms.Leaves.LeaveAsync(room, member, LeaveCause.Disconnected);
            if (left)
                session.Pending.Leave = rooms.Leaves.LeaveAsync(from!, member, LeaveCause.Moved);
        }

        // The user was removed, or the room was lost, at this moment.
        if (!isAdmitted && !session.HasEnded)
            session.Connection.Close(CloseStatus.TryAgainLater, "the user is no longer in the room");
        return true;
    }

    /// <summary>Sends roster and history to a member again.</summary>
    /// <returns>False if the user is not a member here any more.</returns>
    public bool TryRejoin(Session session, int? uid) => room.TryHold() && Rejoin(session, EntryReply.Ok(uid));

    /// <summary>
    /// Appends the return of a member on another connection, and sends the member the missed events or a snapshot.
    /// On success, the caller's hold of the room passes to the member.
    /// </summary>
    /// <param name="session">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="position">The position after the last event that the client has; null to send a snapshot.</param>
    /// <returns>False if the user is not a member according to the log any more; the caller keeps its hold.</returns>
    /// <exception cref="RoomStoreException">The store failed, or the connection has ended.</exception>
    public async ValueTask<bool> ReturnAsync(Session session, int uid, RoomPosition? position)
    {
        var member = session.Member!;
        var returned = await room.AppendAsync(new RoomAppend(RoomEvent.Returned(member))).ConfigureAwait(false);
        if (returned.Status == AppendStatus.Closed)
            throw new RoomStoreException($"Room '{Printable.Escape(room.Name)}' was lost.", isOutcomeUnknown: true);
        if (!returned.IsAppended)
            return false;
        if (!room.HasDelivered(returned.Position))
            throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver the return of user {member.Id} in time.", isOutcomeUnknown: true);
        // A server that was killed during a rename may have changed the nick in the log and not in the session's record. The nick of the record is reserved.
        if (delivery.Replica.Find(member) is { } there && there.Nick != member.Nick)
            await room.AppendAsync(new RoomAppend(RoomEvent.Renamed(member, there.NickUtf8.ToArray()))).ConfigureAwait(false);
        if (await TryAdmitReturnedAsync(session, uid, position).ConfigureAwait(false))
            return true;
        return session.HasEnded || delivery.Admission.HasEnded
            ? throw new RoomStoreException($"User {member.Id} did not return to room '{Printable.Escape(room.Name)}'.", isOutcomeUnknown: true)
            : false;
    }

    /// <summary>Appends the leave of an earlier connection of the user. The log still has such a connection if a server has ended while the user moved.</summary>
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
            // The batch sends all frames in one write.
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
        // The member has a hold already, so the hold of the caller is released below.
        var isRemoved = delivery.Admission.TryRemove(session);
        var isAdmitted = isRemoved && delivery.Admission.TryAdmit(session, reply);
        if (isRemoved && !isAdmitted)
            session.Pending.Leave = rooms.Leaves.LeaveAsync(room, session.Member!, LeaveCause.Moved);
        room.Release();
        return isAdmitted;
    }
}

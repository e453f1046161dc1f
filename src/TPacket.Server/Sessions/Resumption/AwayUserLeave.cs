using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Removes users that are away from their room and releases their nicks, in that order, after their session has ended.</summary>
internal sealed class AwayUserLeave(RoomRegistry rooms, NickReservations nicks, ILogger<UserSessions> logger)
{
    /// <summary>Removes a user that was away from its room, then releases its nick.</summary>
    public async Task LeaveAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        var nick = away.Nick;
        // Settled: no pending call can change the user's last room or its nick.
        var isSettled = away.Carried.Leave.IsCompleted && away.Rename.IsCompleted;
        if (isSettled)
            rooms.LeavingNicks.Begin(nick);
        try
        {
            var leaving = LeaveRoomAsync(session, away, cause);
            // A delivered leave is in the log, even if the store's answer is lost.
            await (isSettled && !leaving.IsCompleted ? Task.WhenAny(leaving, rooms.LeavingNicks.WhenAnnounced(nick)) : leaving).ConfigureAwait(false);
            // Both nicks of a pending rename are reserved until the log has decided.
            await away.Rename.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await nicks.ReleaseAsync(away.Nick, away).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.SignOutFailed(logger, e);
        }
        finally
        {
            if (isSettled)
                rooms.LeavingNicks.End(nick);
        }
    }

    /// <summary>Removes a user from a room that may not be open here.</summary>
    /// <param name="name">The name of the room.</param>
    /// <param name="member">The user.</param>
    /// <param name="cause">The cause of the leave.</param>
    public async Task LeaveUnopenedAsync(string name, RoomMember member, LeaveCause cause)
    {
        var room = await rooms.Leaves.HoldAsync(name, rooms.HoldAsync).ConfigureAwait(false);
        // The log may have an earlier generation of the user, if a resumption failed before its return was appended.
        var there = room?.Members.FirstOrDefault(other => other.Id == member.Id && other.Session == member.Session);
        if (there is not null)
            await rooms.Leaves.LeaveAsync(room!, there, cause).ConfigureAwait(false);
        else
            room?.Release();
    }

    private Task LeaveRoomAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        if (away.HeldRoom is { } room)
            return rooms.Leaves.LeaveAsync(room, away.Member, cause);
        return session.Record.Room is { } name ? LeaveUnopenedAsync(name, away.Member, cause) : Task.CompletedTask;
    }
}

using TPacket.Protocol;

namespace TPacket.Server.Rooms.Replay;

/// <summary>Reads the missed events of a resuming member from the room's log.</summary>
internal sealed class RoomReplay(Room room, ResumedMember resumed, RoomRegistry rooms)
{
    private const int PageEvents = 256;

    /// <summary>Reads the events after a position, up to the first held event.</summary>
    /// <returns>The events; null if the log cannot continue from the position, the limit of a replay is exceeded, or the store fails.</returns>
    public async ValueTask<ReplayFrames?> ReadAsync(RoomPosition position)
    {
        // The member's own return comes after every event that it has received, so a later position is not valid.
        if (position.Epoch != resumed.From.Epoch || position.Offset >= resumed.From.Offset)
            return null;
        var missed = resumed.CreateFrames();
        var isWhole = false;
        try
        {
            isWhole = await TryReadAsync(position, missed).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            // The member receives a snapshot instead, which needs no store.
            rooms.OnReplayFailed(room, e);
        }
        finally
        {
            if (!isWhole)
                missed.Release();
        }

        return isWhole ? missed : null;
    }

    private async ValueTask<bool> TryReadAsync(RoomPosition position, ReplayFrames missed)
    {
        // The growth of the room since the client's position, in members: after the last event, and at its maximum.
        var (more, most) = (0, 0);
        while (position.Offset < resumed.From.Offset)
        {
            var page = await room.ReadAsync(position, PageEvents, CancellationToken.None).ConfigureAwait(false);
            if (page.IsGone || page.Events.Count == 0)
                return false;
            foreach (var roomEvent in page.Events)
            {
                if (roomEvent.Offset > resumed.From.Offset)
                    break;
                if (!missed.TryAdd(roomEvent))
                    return false;
                more += roomEvent.Kind switch
                {
                    RoomEventKind.Joined => 1,
                    RoomEventKind.Left => -1,
                    _ => 0,
                };
                most = Math.Max(most, more);
            }

            position = page.Position;
        }

        // While the room was large, a counting member has not received every user.
        return !resumed.Connection.Accepts((int)PacketCommand.MemberCount) || resumed.MemberCount - more + most < rooms.Options.LargeRoomMembers;
    }
}

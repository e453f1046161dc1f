using TPacket.Protocol;

namespace TPacket.Server.Rooms.Replay;

/// <summary>Reads what one member that is back has missed from the room's log.</summary>
internal sealed class RoomReplay(Room room, ResumedMember resumed, RoomRegistry rooms)
{
    private const int PageEvents = 256;

    /// <summary>Reads the events behind a position, up to where events are held for the member.</summary>
    /// <returns>Null where the log cannot continue the member's position, or not within the bounds of a replay.</returns>
    public async ValueTask<ReplayFrames?> ReadAsync(RoomPosition position)
    {
        // Its own return is behind whatever it has received.
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
            // The snapshot needs no store.
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
        // How many more members there were than at the client's position, after each event and at most.
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

        // One that counts was not told of everybody while the room was large.
        return !resumed.Connection.Accepts((int)PacketCommand.MemberCount) || resumed.MemberCount - more + most < rooms.Options.LargeRoomMembers;
    }
}

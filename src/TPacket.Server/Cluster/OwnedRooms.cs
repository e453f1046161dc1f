using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Cluster;

/// <summary>
/// The rooms that this server owns. If several servers have a room open, the server of the member with the lowest id owns it.
/// The owner counts the room, so that the cluster counts each room once, and carries out actions of operators on it.
/// </summary>
internal sealed class OwnedRooms(UserRegistry users, RoomRegistry rooms)
{
    private const int AppendsAtOnce = 32;

    public int Count => rooms.Listed.Count(IsOwned);

    /// <summary>Begins to append an announcement of the host.</summary>
    /// <param name="name">The room's name; null for all rooms.</param>
    /// <param name="text">The announcement.</param>
    /// <returns>The number of rooms.</returns>
    public int Announce(string? name, string text)
    {
        Room[] owned = [.. (name is null ? rooms.Listed : rooms.Find(name) is Room room ? [room] : []).Where(IsOwned)];
        if (owned.Length > 0)
            _ = AppendAsync(owned, room => TryAsync(room, () => room.AnnounceAsync(text)));
        return owned.Length;
    }

    /// <summary>Begins to remove all members.</summary>
    /// <param name="name">The room's name.</param>
    /// <returns>The number of members.</returns>
    public int Empty(string name)
    {
        if (rooms.Find(name) is not Room room || !IsOwned(room))
            return 0;
        var members = room.Members;
        _ = AppendAsync(members, member => TryAsync(room, () => room.RemoveAsync(member)));
        return members.Count;
    }

    private bool IsOwned(Room room) => room.Members is { Count: > 0 } members && users.Find(members.Min(static member => member.Id)) is not null;

    /// <summary>Appends on the thread pool, so that the caller does not wait for stores.</summary>
    private static Task AppendAsync<T>(IEnumerable<T> items, Func<T, ValueTask> append) => Task.Run(() =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AppendsAtOnce }, (item, _) => append(item)));

    /// <summary>Makes one append and logs its exception: nobody awaits the appends, and an exception would cancel the appends in other rooms.</summary>
    private async ValueTask TryAsync(Room room, Func<ValueTask<AppendResult>> append)
    {
        try
        {
            await append().ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            RoomLog.StoreFailed(rooms.Logger, e, room.Name);
        }
        catch (Exception e)
        {
            RoomLog.ActionFailed(rooms.Logger, e, room.Name);
        }
    }
}

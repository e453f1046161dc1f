using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Cluster;

/// <summary>
/// The rooms that this server counts, so that all servers together count each room once: of the servers that have a room open, the one counts it that has its member with the least id. This server also acts on them for an
/// operator, since one server has to.
/// </summary>
internal sealed class CountedRooms(UserRegistry users, RoomRegistry rooms)
{
    private const int AppendsAtOnce = 32;

    public int Count => rooms.Listed.Count(IsCountedHere);

    /// <summary>Begins to append a message of the host.</summary>
    /// <param name="name">The room's name; null for all rooms.</param>
    /// <param name="text">The message.</param>
    /// <returns>The number of rooms.</returns>
    public int Announce(string? name, string text)
    {
        Room[] counted = [.. (name is null ? rooms.Listed : rooms.Find(name) is Room room ? [room] : []).Where(IsCountedHere)];
        if (counted.Length > 0)
            _ = AppendAsync(counted, room => TryAsync(room, () => room.AnnounceAsync(text)));
        return counted.Length;
    }

    /// <summary>Begins to remove all members.</summary>
    /// <param name="name">The room's name.</param>
    /// <returns>The number of members.</returns>
    public int Empty(string name)
    {
        if (rooms.Find(name) is not Room room || !IsCountedHere(room))
            return 0;
        var members = room.Members;
        _ = AppendAsync(members, member => TryAsync(room, () => room.RemoveAsync(member)));
        return members.Count;
    }

    private bool IsCountedHere(Room room) => room.Members is { Count: > 0 } members && users.Find(members.Min(static member => member.Id)) is not null;

    /// <summary>On the thread pool: whoever asks does not wait for stores.</summary>
    private static Task AppendAsync<T>(IEnumerable<T> items, Func<T, ValueTask> append) => Task.Run(() =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AppendsAtOnce }, (item, _) => append(item)));

    /// <summary>Nobody awaits the appends, and one that throws would end those of the other rooms.</summary>
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

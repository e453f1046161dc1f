namespace TPacket.Server.Rooms;

/// <summary>Opens the log of a room for one call, in addition to the room's own subscription, or if this server cannot open the room.</summary>
internal static class DetachedLog
{
    /// <summary>Reads the last written state of the room's rules and its position; null if the room has no rules.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public static async ValueTask<RulesBasis?> ReadBasisAsync(Room room, RoomRegistry rooms)
    {
        var reader = new BasisReader();
        _ = rooms.DisposeAsync(room, await OpenAsync(room, rooms, reader).ConfigureAwait(false));
        return reader.Basis;
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public static async ValueTask<AppendResult> AppendAsync(Room room, RoomRegistry rooms, RoomEvent roomEvent)
    {
        var log = await OpenAsync(room, rooms, SilentSubscriber.Instance).ConfigureAwait(false);
        try
        {
            return await rooms.StoreDeadline.WaitAsync(log.AppendAsync(new RoomAppend(roomEvent)), room.Name).ConfigureAwait(false);
        }
        finally
        {
            _ = rooms.DisposeAsync(room, log);
        }
    }

    private static async ValueTask<IRoomLog> OpenAsync(Room room, RoomRegistry rooms, IRoomSubscriber subscriber)
    {
        var opening = rooms.Store.OpenAsync(room.Name, subscriber, default).AsTask();
        try
        {
            return await rooms.StoreDeadline.WaitAsync(new ValueTask<IRoomLog>(opening), room.Name).ConfigureAwait(false);
        }
        catch (Exception)
        {
            if (!opening.IsCompletedSuccessfully)
                rooms.DisposeWhenOpen(room, opening);
            throw;
        }
    }
}

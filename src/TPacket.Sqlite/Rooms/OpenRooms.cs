using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The open rooms, and the rooms that the current transaction has loaded or changed. Used by the writer's thread.</summary>
internal sealed class OpenRooms(OperationQueue queue, Deliveries deliveries, ILogger logger)
{
    private readonly Dictionary<string, OpenRoom> _rooms = new(StringComparer.Ordinal);
    private readonly List<OpenRoom> _loaded = [];
    private readonly List<OpenRoom> _touched = [];
    private readonly List<OpenRoom> _unused = [];
    private readonly HashSet<OpenRoom> _withRules = [];

    /// <summary>The rooms that the current transaction has changed.</summary>
    public IReadOnlyList<OpenRoom> Touched => _touched;

    /// <summary>Whether an open room has unfinished rules.</summary>
    public bool HaveRules => _withRules.Count > 0;

    /// <summary>Returns an open room; null if the room is not open.</summary>
    public OpenRoom? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Returns an open room, or opens it.</summary>
    /// <exception cref="RoomStoreException">The name is not valid Unicode text.</exception>
    public OpenRoom Get(string name)
    {
        if (_rooms.TryGetValue(name, out var room))
            return room;
        room = new OpenRoom(name, queue, deliveries, logger);
        _rooms.Add(name, room);
        // The room is closed again if it gets no subscriber.
        _unused.Add(room);
        return room;
    }

    /// <summary>Removes a subscription. A room without subscriptions is closed after the transaction, which may have changed it.</summary>
    public void Unsubscribe(OpenRoom room, Subscription subscription)
    {
        room.Subscriptions = [.. room.Subscriptions.Where(other => other != subscription)];
        if (room.Subscriptions.Length == 0)
            _unused.Add(room);
    }

    /// <summary>Records that the transaction has loaded a room.</summary>
    public void AddLoaded(OpenRoom room) => _loaded.Add(room);

    /// <summary>Records that the transaction changes a room.</summary>
    /// <returns>False if it was recorded before.</returns>
    public bool TryTouch(OpenRoom room)
    {
        if (room.IsTouched)
            return false;
        room.IsTouched = true;
        _touched.Add(room);
        return true;
    }

    /// <summary>Accepts the changes after the transaction was committed.</summary>
    public void Accept()
    {
        foreach (var room in _touched)
        {
            room.IsTouched = false;
            Accept(room);
        }

        foreach (var room in _loaded)
            Accept(room);
        _touched.Clear();
        _loaded.Clear();
    }

    /// <summary>Drops the state of all loaded and changed rooms after the transaction has failed.</summary>
    public void Discard()
    {
        foreach (var room in _touched)
            room.Forget();
        foreach (var room in _loaded)
            room.Forget();
        _touched.Clear();
        _loaded.Clear();
    }

    /// <summary>Drops the state of all rooms.</summary>
    public void ForgetAll()
    {
        foreach (var room in _rooms.Values)
            room.Forget();
    }

    /// <summary>Closes the rooms without subscriptions.</summary>
    public void CloseUnused()
    {
        foreach (var room in _unused)
        {
            if (room.Subscriptions.Length > 0 || room.IsClosed)
                continue;
            room.IsClosed = true;
            _rooms.Remove(room.Name);
            _withRules.Remove(room);
        }

        _unused.Clear();
    }

    private void Accept(OpenRoom room)
    {
        var state = room.State!;
        room.Committed = state.Last;
        if (state.Rules is null)
            return;
        if (state.AreRulesFinished)
            _withRules.Remove(room);
        else
            _withRules.Add(room);
    }
}

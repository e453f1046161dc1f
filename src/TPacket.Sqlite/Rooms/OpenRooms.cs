using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The rooms that somebody has open, and what the current transaction has to do with them. Used by the writer's thread.</summary>
internal sealed class OpenRooms(OperationQueue queue, Deliveries deliveries, ILogger logger)
{
    private readonly Dictionary<string, OpenRoom> _rooms = new(StringComparer.Ordinal);
    private readonly List<OpenRoom> _loaded = [];
    private readonly List<OpenRoom> _touched = [];
    private readonly List<OpenRoom> _left = [];
    private readonly HashSet<OpenRoom> _withRules = [];

    /// <summary>The rooms that the transaction has changed.</summary>
    public IReadOnlyList<OpenRoom> Touched => _touched;

    /// <summary>Whether a room is open whose rules have not finished.</summary>
    public bool HaveRules => _withRules.Count > 0;

    /// <summary>Finds a room; null where nobody has it open.</summary>
    public OpenRoom? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>The room of a name, which is created where nobody has it open.</summary>
    /// <exception cref="RoomStoreException">The name is no valid text.</exception>
    public OpenRoom Get(string name)
    {
        if (_rooms.TryGetValue(name, out var room))
            return room;
        room = new OpenRoom(name, queue, deliveries, logger);
        _rooms.Add(name, room);
        // Unless it gets a subscriber, it is closed again.
        _left.Add(room);
        return room;
    }

    public void Unsubscribe(OpenRoom room, Subscription subscription)
    {
        room.Subscriptions = [.. room.Subscriptions.Where(other => other != subscription)];
        // It is closed behind the transaction, which may have changed it.
        if (room.Subscriptions.Length == 0)
            _left.Add(room);
    }

    /// <summary>The transaction reads the state of a room.</summary>
    public void AddLoaded(OpenRoom room) => _loaded.Add(room);

    /// <summary>The transaction changes a room.</summary>
    /// <returns>False when it has done so before.</returns>
    public bool TryTouch(OpenRoom room)
    {
        if (room.IsTouched)
            return false;
        room.IsTouched = true;
        _touched.Add(room);
        return true;
    }

    /// <summary>The transaction is committed.</summary>
    public void Settle()
    {
        foreach (var room in _touched)
        {
            room.IsTouched = false;
            Settle(room);
        }

        foreach (var room in _loaded)
            Settle(room);
        _touched.Clear();
        _loaded.Clear();
    }

    /// <summary>The transaction has failed: the rooms are read again when they are needed.</summary>
    public void Drop()
    {
        foreach (var room in _touched)
            room.Forget();
        foreach (var room in _loaded)
            room.Forget();
        _touched.Clear();
        _loaded.Clear();
    }

    /// <summary>Every room is read again when it is needed.</summary>
    public void DropAll()
    {
        foreach (var room in _rooms.Values)
            room.Forget();
    }

    /// <summary>Closes the rooms that nobody has open any more.</summary>
    public void CloseLeft()
    {
        foreach (var room in _left)
        {
            if (room.Subscriptions.Length > 0 || room.IsClosed)
                continue;
            room.IsClosed = true;
            _rooms.Remove(room.Name);
            _withRules.Remove(room);
        }

        _left.Clear();
    }

    private void Settle(OpenRoom room)
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

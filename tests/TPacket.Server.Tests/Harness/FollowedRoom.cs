namespace TPacket.Server.Tests.Harness;

/// <summary>The packets that a client receives when it follows the log of its room: a snapshot, then each event of the log in order. The client accepts every command, so that no offset is skipped without a snapshot.</summary>
/// <param name="log">The events that all followers have received.</param>
/// <param name="violate">Receives violations.</param>
internal sealed class FollowedRoom(FollowedLog log, Action<string> violate)
{
    private bool _isExpected;
    private bool _isNew;
    private long _history;

    /// <summary>The room; null for none.</summary>
    public string? Room { get; private set; }

    /// <summary>The position after the last event.</summary>
    public RoomPosition Position { get; private set; }

    /// <summary>Whether the roster or the history of a snapshot arrives.</summary>
    public bool IsInSnapshot { get; private set; }

    /// <summary>Handles a join: the next packet is a snapshot.</summary>
    public void Enter(string room)
    {
        if (IsInSnapshot)
            violate("A snapshot had no end.");
        (Room, _isExpected, _isNew) = (room, true, true);
    }

    /// <summary>Begins a snapshot, and discards the state of the room.</summary>
    public void Begin(Packet packet)
    {
        var position = RoomPosition.Read(packet.Data);
        var room = System.Text.Encoding.UTF8.GetString(packet.Data.AsSpan(24));
        if (room != Room || IsInSnapshot)
            violate($"A snapshot of {room} began in {Room}.");
        if (!_isNew && position.Epoch == Position.Epoch && position.Offset <= Position.Offset)
            violate($"A snapshot at {position.Offset} came behind {Position.Offset}.");
        (Position, IsInSnapshot, _isExpected, _isNew, _history) = (position, true, false, false, -1);
    }

    public void End()
    {
        if (!IsInSnapshot)
            violate("A snapshot ended that had not begun.");
        IsInSnapshot = false;
    }

    /// <summary>Checks an event.</summary>
    /// <returns>Its packets.</returns>
    public IReadOnlyList<Packet> Add(Packet packet)
    {
        var received = LogEvent.Of(packet);
        if (Room is null || _isExpected)
        {
            violate($"Event {received.Offset} came without a snapshot.");
            return [];
        }

        if (IsInSnapshot)
        {
            if (received.Offset <= _history || received.Offset > Position.Offset)
                violate($"Event {received.Offset} of the history came behind {_history}, in a snapshot at {Position.Offset}.");
            _history = received.Offset;
        }
        else
        {
            if (received.Offset != Position.Offset + 1)
                violate($"Event {received.Offset} came behind {Position.Offset}.");
            Position = Position with { Offset = received.Offset, Check = received.Check };
        }

        if (log.Add(Room, Position.Epoch, received, IsInSnapshot) is { } difference)
            violate(difference);
        return received.Packets;
    }

    /// <summary>Handles the leave of the user.</summary>
    public void Leave() => Room = null;
}

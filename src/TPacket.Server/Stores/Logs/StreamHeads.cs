namespace TPacket.Server.Stores.Logs;

/// <summary>The last event of each stream of a log. The search is linear, because a log has few streams.</summary>
internal sealed class StreamHeads
{
    private StreamHead[] _heads = [];

    public IReadOnlyList<StreamHead> Copy() => [.. _heads];

    public void Reset(IReadOnlyList<StreamHead> heads) => _heads = [.. heads];

    public void Move(in RoomEvent roomEvent)
    {
        var moved = new StreamHead(roomEvent.Stream, roomEvent.Offset, roomEvent.Check);
        for (var i = 0; i < _heads.Length; i++)
        {
            if (_heads[i].Stream == roomEvent.Stream)
            {
                _heads[i] = moved;
                return;
            }
        }

        _heads = [.. _heads, moved];
    }

    public StreamHead this[RoomStream stream]
    {
        get
        {
            foreach (var head in _heads)
            {
                if (head.Stream == stream)
                    return head;
            }

            return new StreamHead(stream, RoomPosition.NoEvent, 0);
        }
    }
}

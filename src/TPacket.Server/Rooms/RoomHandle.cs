namespace TPacket.Server;

/// <summary>Keeps a room open on this server, even while it has no members. Dispose of the handle to release the room. Thread-safe.</summary>
public sealed class RoomHandle : IAsyncDisposable
{
    private Action? _release;

    internal RoomHandle(IRoom room, Action release)
    {
        Room = room;
        _release = release;
    }

    /// <summary>The room.</summary>
    public IRoom Room { get; }

    /// <summary>Releases the room. The room closes on this server when it has no members here and no other handle. Later calls have no effect.</summary>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _release, null)?.Invoke();
        return default;
    }
}

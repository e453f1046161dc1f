namespace TPacket.Server;

/// <summary>Keeps a room open on this server, also while it has no members. Dispose of it to let the room go.</summary>
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

    /// <summary>Lets the room go. It closes when it has no members and no other handle.</summary>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _release, null)?.Invoke();
        return default;
    }
}

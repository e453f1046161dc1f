namespace TPacket.Server;

/// <summary>A room. Thread-safe. Once its last member has left, it is gone: what is told to it then reaches nobody.</summary>
public interface IRoom
{
    /// <summary>The room's name.</summary>
    string Name { get; }

    /// <summary>How many members this server knows of.</summary>
    int MemberCount { get; }

    /// <summary>The members on this server, as they are now; a copy.</summary>
    IReadOnlyList<RoomMember> Members { get; }

    /// <summary>The offset that the room's next event will have, as far as this server knows.</summary>
    long NextOffset { get; }

    /// <summary>
    /// Appends a packet to the room's log; it reaches each member that accepts its command. Does not wait for the room's turn, so it may be called from a handler
    /// of any room.
    /// </summary>
    /// <param name="command">256 or more: the application's.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; not changed until the task completes.</param>
    /// <param name="expectedOffset">Append only if the packet gets this offset: nothing came between. Null to append in any case.</param>
    /// <returns>Whether it was appended.</returns>
    ValueTask<bool> BroadcastAsync(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, long? expectedOffset = null);

    /// <summary>Appends a message of one of the members, as if it had sent NEW_MSG.</summary>
    /// <param name="sender">A member of this room.</param>
    /// <param name="text">At most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8; not changed until the task completes.</param>
    /// <exception cref="ArgumentException">The text is too long or not UTF-8, or the sender is not in this room.</exception>
    ValueTask SayAsync(IUser sender, ReadOnlyMemory<byte> text);

    /// <summary>Appends a message of the host. It reaches every client as LOGGED_MSG, which names no user that a client would look up.</summary>
    /// <param name="text">Cut at <see cref="TPacketServerOptions.MaxLoggedMessageBytes"/> bytes of UTF-8.</param>
    ValueTask AnnounceAsync(string text);

    /// <summary>Runs work in the room's turn: while it runs, no member's command, join or leave does. For timers and the like, outside of handlers.</summary>
    /// <param name="work">The work. It must not wait for a turn of this room, its own or another.</param>
    ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work);

    /// <summary>Reads from the room's log.</summary>
    /// <inheritdoc cref="IRoomLog.ReadAsync"/>
    ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken);
}

using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// A member that is back and not among those who receive the events yet: while the events that it has missed are read from the log, those that come are encoded for it. Guarded by the delivery's lock.
/// </summary>
/// <param name="connection">The member's connection.</param>
/// <param name="from">What is delivered from here on is held; what is before has to be read.</param>
/// <param name="members">How many members the room has at that position.</param>
/// <param name="options">The bounds of what is sent.</param>
internal sealed class ResumedMember(Session connection, RoomPosition from, int members, TPacketServerOptions options)
{
    private readonly ReplayAllowance _allowance = new(options.ReplayEvents, options.ReplayBytes);

    public Session Connection => connection;

    public RoomPosition From => from;

    public int MemberCount => members;

    /// <summary>The events that are delivered meanwhile.</summary>
    public ReplayFrames Held => field ??= CreateFrames();

    /// <summary>Whether events are missing, so that the member has to be sent a snapshot.</summary>
    public bool HasGap { get; private set; }

    /// <summary>Whether the member was sent what it has missed, and not a snapshot.</summary>
    public bool IsReplayed { get; set; }

    /// <summary>Takes events that the member has missed. What was taken by all of them together is within the bounds.</summary>
    public ReplayFrames CreateFrames() => new(connection, options.MaxLoggedMessageBytes, _allowance);

    /// <summary>An event is delivered to the members.</summary>
    public void OnEvent(in RoomEvent roomEvent) => HasGap = HasGap || !Held.TryAdd(roomEvent);

    /// <summary>The room goes on from a snapshot.</summary>
    public void OnReset() => HasGap = true;
}

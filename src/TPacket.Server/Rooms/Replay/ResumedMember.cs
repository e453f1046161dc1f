using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// A member that is resuming and does not receive events from the delivery yet: the server reads the events that the member has missed from the log, and holds later events meanwhile. Guarded by the delivery's lock.
/// </summary>
/// <param name="connection">The member's connection.</param>
/// <param name="from">The position from which events are held. Events before it have to be read from the log.</param>
/// <param name="members">The number of members at that position.</param>
/// <param name="options">The limits of a replay.</param>
internal sealed class ResumedMember(Session connection, RoomPosition from, int members, TPacketServerOptions options)
{
    private readonly ReplayAllowance _allowance = new(options.ReplayEvents, options.ReplayBytes);

    public Session Connection => connection;

    public RoomPosition From => from;

    public int MemberCount => members;

    /// <summary>The held events.</summary>
    public ReplayFrames Held => field ??= CreateFrames();

    /// <summary>Whether events are missing, so that the member needs a snapshot.</summary>
    public bool HasGap { get; private set; }

    /// <summary>Whether the member was sent the missed events, and not a snapshot.</summary>
    public bool IsReplayed { get; set; }

    /// <summary>Creates an encoder of missed events. All encoders of a member share its limit.</summary>
    public ReplayFrames CreateFrames() => new(connection, options.MaxLoggedMessageBytes, _allowance);

    /// <summary>Holds a delivered event.</summary>
    public void OnEvent(in RoomEvent roomEvent) => HasGap = HasGap || !Held.TryAdd(roomEvent);

    /// <summary>Records that the room continues from a snapshot.</summary>
    public void OnReset() => HasGap = true;
}

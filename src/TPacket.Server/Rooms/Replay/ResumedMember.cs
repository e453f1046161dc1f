using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// A member that is resuming and does not receive events from the delivery yet. The server reads the missed
/// events from the log, and meanwhile holds later events for the member. Guarded by the delivery's lock.
/// </summary>
/// <param name="connection">The member's connection.</param>
/// <param name="from">The position after which events are held. Events up to this position have to be read from the log.</param>
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

    /// <summary>Whether the server has sent the missed events to the member, not a snapshot.</summary>
    public bool IsReplayed { get; set; }

    /// <summary>Creates an encoder of missed events. All encoders of a member share one limit.</summary>
    public ReplayFrames CreateFrames() => new(connection, options.MaxLoggedMessageBytes, _allowance);

    /// <summary>Holds a delivered event.</summary>
    public void OnEvent(in RoomEvent roomEvent) => HasGap = HasGap || !Held.TryAdd(roomEvent);

    /// <summary>Records that the room continues from a snapshot.</summary>
    public void OnReset() => HasGap = true;
}

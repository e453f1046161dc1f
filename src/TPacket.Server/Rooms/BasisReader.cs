namespace TPacket.Server.Rooms;

/// <summary>Reads the last written state of a log's rules from the first snapshot, and ignores events.</summary>
internal sealed class BasisReader : IRoomSubscriber
{
    private volatile RulesBasis? _basis;

    /// <summary>The basis of the last snapshot; null if the room has no rules.</summary>
    public RulesBasis? Basis => _basis;

    public void OnReset(RoomSnapshot snapshot) => _basis = snapshot.Rules;

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
    }

    public void OnLost(Exception cause)
    {
    }
}

namespace TPacket.Server.Rules;

/// <summary>
/// The state of a room's rules, computed from the room's log up to one event. One caller at a time applies events and asks for views. Decisions and checkpoints may be asked for meanwhile: they see the state behind one event or the next.
/// </summary>
internal abstract class RulesReplica
{
    /// <summary>The state as it stands.</summary>
    public abstract object State { get; }

    /// <summary>When the rules want to be woken, in milliseconds since the Unix epoch; null for never.</summary>
    public abstract long? WakeAt { get; }

    /// <summary>Whether nothing can happen any more.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>The version of the rules that the log names last.</summary>
    public abstract int Version { get; }

    /// <summary>Whether a state is to be written: the log has many events behind the one before, or the rules have finished.</summary>
    public abstract bool IsCheckpointDue { get; }

    /// <summary>Whether the event that was applied last has changed what members see.</summary>
    public abstract bool HasChanged { get; }

    /// <summary>Begins with the state that the log has kept, or with that of a new room.</summary>
    /// <returns>False where the rules cannot read the state.</returns>
    /// <exception cref="Exception">The rules have thrown.</exception>
    public abstract bool TryBegin(RulesBasis basis);

    /// <summary>Applies the next event of the log.</summary>
    /// <param name="roomEvent">The event.</param>
    /// <param name="error">The exception that the rules have thrown, and which leaves the state as it was; null for none.</param>
    /// <returns>Whether the state depends on the event.</returns>
    public abstract bool Apply(in RoomEvent roomEvent, out Exception? error);

    /// <summary>Forgets the event that was applied last: members have seen it.</summary>
    public abstract void EndEvent();

    /// <summary>Takes over where the streams of the log stand.</summary>
    public abstract void SetHeads(Func<RoomStream, StreamHead> headOf);

    /// <summary>Whether the streams that the state depends on stand where it was computed.</summary>
    public abstract bool IsAt(Func<RoomStream, StreamHead> headOf);

    /// <summary>Decides about a command.</summary>
    /// <param name="command">The command's bytes.</param>
    /// <param name="wireCommand">The command of the packets that carry events.</param>
    /// <param name="who">The member whose command it is.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    public abstract RulesProposal Decide(ReadOnlyMemory<byte> command, int wireCommand, RoomMember who, long now);

    /// <summary>Decides about a command of the host's; the events have no author.</summary>
    /// <inheritdoc cref="Decide"/>
    public abstract RulesProposal DecideOfHost(ReadOnlyMemory<byte> command, int wireCommand, long now);

    /// <summary>Decides at the time that the rules have named; nothing before it.</summary>
    /// <param name="wireCommand">The command of the packets that carry events.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    /// <param name="completed">Work that has completed; null for none. The rules decide by it if it is the work that they need.</param>
    /// <returns>The decision, or the work that the rules need before.</returns>
    public abstract RulesProposal Wake(int wireCommand, long now, CompletedWork? completed);

    /// <summary>Decides, and does the work that the rules need at once.</summary>
    public RulesProposal WorkAndWake(int wireCommand, long now)
    {
        var proposal = Wake(wireCommand, now, null);
        return proposal.Work is { } work ? Wake(wireCommand, now, CompletedWork.Of(work)) : proposal;
    }

    /// <summary>A checkpoint of the state as it stands, to be appended under the condition that it still does.</summary>
    /// <param name="withState">Whether it has the state, and not only when the rules want to be woken.</param>
    /// <param name="wakeAt">When the rules are to be woken instead, where they failed to decide.</param>
    /// <param name="written">The state, for <see cref="OnCheckpoint"/>.</param>
    /// <exception cref="Exception">The rules cannot write the state.</exception>
    public abstract RoomAppend Checkpoint(bool withState, long? wakeAt, out WrittenState written);

    /// <summary>A checkpoint with a state was appended.</summary>
    public abstract void OnCheckpoint(WrittenState written);

    /// <summary>Names the bytes that a member gets: those of a view, or of the part of the last event that it may see.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isEvent">Whether it gets them for the event that was applied last, and has seen the state before it.</param>
    public abstract ViewKey ViewOf(RoomMember member, bool isEvent);

    /// <summary>The bytes that members of a key get.</summary>
    public abstract RulesView Write(ViewKey key);
}

using TPacket.Server.Rules.Views;
using TPacket.Server.Rules.Waking;

namespace TPacket.Server.Rules.State;

/// <summary>
/// The state of a room's rules after an event of its log. One thread at a time applies events and computes views.
/// Other threads may compute decisions and checkpoints concurrently; they see the state before or after an event.
/// </summary>
internal abstract class RulesReplica
{
    /// <summary>The current state.</summary>
    public abstract object State { get; }

    /// <summary>The next wake-up time, in milliseconds since the Unix epoch; null for never.</summary>
    public abstract long? WakeAt { get; }

    /// <summary>Whether the state is final.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>The version of the rules in the log.</summary>
    public abstract int Version { get; }

    /// <summary>Whether the next checkpoint should include the state: enough events have followed the last checkpoint, or the rules have finished.</summary>
    public abstract bool IsCheckpointDue { get; }

    /// <summary>Whether the last applied event may have changed views.</summary>
    public abstract bool HasChanged { get; }

    /// <summary>Starts with the state of the last checkpoint, or with the state of a new room.</summary>
    /// <returns>False if the rules cannot read the state.</returns>
    /// <exception cref="Exception">The rules have thrown.</exception>
    public abstract bool TryBegin(RulesBasis basis);

    /// <summary>Applies the next event of the log.</summary>
    /// <param name="roomEvent">The event.</param>
    /// <param name="error">The exception of the rules, which leaves the state unchanged; null for none.</param>
    /// <returns>Whether the state depends on the event.</returns>
    public abstract bool Apply(in RoomEvent roomEvent, out Exception? error);

    /// <summary>Discards the last applied event, after views are sent.</summary>
    public abstract void EndEvent();

    /// <summary>Sets the last events of the streams.</summary>
    public abstract void SetHeads(Func<RoomStream, StreamHead> headOf);

    /// <summary>Returns whether the state is current: the streams that it depends on have no later events.</summary>
    public abstract bool IsAt(Func<RoomStream, StreamHead> headOf);

    /// <summary>Decides about a command.</summary>
    /// <param name="command">The serialized command.</param>
    /// <param name="wireCommand">The command of the events' packets.</param>
    /// <param name="who">The member that sent the command.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    public abstract RulesProposal Decide(ReadOnlyMemory<byte> command, int wireCommand, RoomMember who, long now);

    /// <summary>Decides about a command of the host. The events have no author.</summary>
    /// <inheritdoc cref="Decide"/>
    public abstract RulesProposal DecideOfHost(ReadOnlyMemory<byte> command, int wireCommand, long now);

    /// <summary>Decides at the wake-up time; returns <see cref="RulesProposal.Nothing"/> before that time.</summary>
    /// <param name="wireCommand">The command of the events' packets.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    /// <param name="completed">The completed work; null for none. Its result is used if the rules need work with the same key.</param>
    /// <returns>The decision, or the work that the rules need first.</returns>
    public abstract RulesProposal Wake(int wireCommand, long now, CompletedWork? completed);

    /// <summary>Decides at the wake-up time, and runs the work that the rules need on the calling thread.</summary>
    public RulesProposal WorkAndWake(int wireCommand, long now)
    {
        var proposal = Wake(wireCommand, now, null);
        return proposal.Work is { } work ? Wake(wireCommand, now, CompletedWork.Of(work)) : proposal;
    }

    /// <summary>Creates a checkpoint of the current state, with the condition that the state has not changed.</summary>
    /// <param name="withState">Whether the checkpoint includes the state; otherwise it has only the wake-up time.</param>
    /// <param name="wakeAt">After a failure, the time of the next attempt, which replaces the wake-up time of the rules; null for none.</param>
    /// <param name="written">The state, for <see cref="OnCheckpoint"/>.</param>
    /// <exception cref="Exception">The rules failed to write the state.</exception>
    public abstract RoomAppend Checkpoint(bool withState, long? wakeAt, out WrittenState written);

    /// <summary>Records that a checkpoint with the state was appended.</summary>
    public abstract void OnCheckpoint(WrittenState written);

    /// <summary>Returns the key of a member's view, or of the change of the view by the last event.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isEvent">Whether the member has the view before the last event, and so may receive the change.</param>
    public abstract ViewKey ViewOf(RoomMember member, bool isEvent);

    /// <summary>Computes the view, or the change, of a key.</summary>
    public abstract RulesView Write(ViewKey key);
}

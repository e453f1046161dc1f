namespace TPacket.Server;

/// <summary>
/// A room's log as one server sees it: an ordered list of events, and what follows from it, the roster and the history. Its members may be called at the same time; the log puts
/// what they append into one order, which is the same for every subscriber. Whether its own subscriber hears of an event before the append completes is open.
/// </summary>
/// <remarks>
/// A member that throws a <see cref="RoomStoreException"/> says by <see cref="RoomStoreException.IsOutcomeUnknown"/> whether the append may have taken effect; any other
/// exception counts as unknown. Where servers have leases, the append of one whose lease is over fails so and changes nothing: its members have done nothing wrong, and may try again. The engine waits for <see cref="TPacketServerOptions.StoreTimeout"/> at most, and does not cancel a call that takes longer.
/// <para>The appends of one member, and those of the host, take effect in the order of the calls, also while earlier ones are unanswered and through whichever of the store's handles they come: a leave that follows a join which did not answer in time ends that join.</para>
/// </remarks>
public interface IRoomLog : IAsyncDisposable
{
    /// <summary>Appends events in one step: all of them, or none.</summary>
    /// <remarks>
    /// In this order: a remembered <see cref="RoomAppend.Request"/> gets its first answer; the <see cref="RoomAppend.Condition"/> is checked; the author is checked against the
    /// roster, and the roster against <see cref="AppendCondition.MaxMembers"/>. <see cref="RoomEventKind.Joined"/> is fenced when a member of that id is there (the same session and generation, again: <see cref="AppendResult.IsRepeated"/>),
    /// <see cref="RoomEventKind.Returned"/> unless the same session is a member with an older generation, and any other event with a member unless that session is a member with this
    /// very generation. An event without a member is the host's.
    /// <para>A request without events is only looked up: <see cref="AppendStatus.NotFound"/> where the log does not remember it. A <see cref="RoomAppend.Checkpoint"/> without events and request is kept if the condition holds.</para>
    /// <para>A <see cref="RoomEventKind.Deletion"/> takes the data of a message or announcement in the same step: from then on the log has <see cref="RoomEvent.AsDeleted"/> in its place, with the same offset, check and time, and
    /// snapshots leave it out. <see cref="AppendStatus.NotFound"/> where the log has no message or announcement at that offset (any more).</para>
    /// <para>The first <see cref="RoomEventKind.Rules"/> gives the room its rules: a checkpoint before it keeps nothing. It makes them want to be woken at once, as every later one does, and so does an event that changes the
    /// roster where the last <see cref="RoomEventKind.Rules"/> says that they <see cref="RoomEvent.P2">read presence</see> and they have not finished. The next checkpoint says when they want to be woken next.</para>
    /// </remarks>
    ValueTask<AppendResult> AppendAsync(RoomAppend append);

    /// <summary>Reads the events that the state of the room's rules is computed from: all but messages and announcements.</summary>
    /// <remarks>
    /// Until the rules have <see cref="RulesCheckpoint.IsFinished">finished</see>, the log keeps all of them behind <see cref="RulesBasis.Position"/>, whatever else it drops. Where they have finished, or the room has no rules, the page may be gone.
    /// </remarks>
    /// <param name="after"><see cref="RulesBasis.Position"/>, or that of an earlier page.</param>
    /// <param name="maxEvents">Most events to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken);

    /// <summary>Reads events that the log still has.</summary>
    /// <param name="after">The position of the last event that the caller knows, or null to begin with the oldest event that the log can continue without a gap.</param>
    /// <param name="maxEvents">Most events to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken);
}

namespace TPacket.Server;

/// <summary>
/// A handle of a room's log: an ordered list of events, and the roster and history that result from the events.
/// The log puts concurrent appends into one order, which is the same for every subscriber. The subscriber of this handle
/// may receive an event before or after the append completes. Disposing of the handle ends the subscription. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A failed append throws a <see cref="RoomStoreException"/>; its <see cref="RoomStoreException.IsOutcomeUnknown"/> says whether
/// the append may have taken effect. Any other exception counts as an unknown outcome. If servers have leases, an append of a server
/// without a valid lease fails with a <see cref="RoomStoreException"/> and changes nothing, so that its members can try again.
/// The engine waits at most <see cref="TPacketServerOptions.StoreTimeout"/>, and does not cancel a call that takes longer.
/// </para>
/// <para>
/// Appends of one member, and appends of the host, take effect in the order of the calls, even if earlier calls are not answered yet,
/// and across all handles of the store. For example, a leave that is appended after an unanswered join ends that join.
/// </para>
/// </remarks>
public interface IRoomLog : IAsyncDisposable
{
    /// <summary>Appends events atomically: all of them, or none.</summary>
    /// <remarks>
    /// <para>
    /// The log proceeds in this order. It answers a remembered <see cref="RoomAppend.Request"/> with the first answer; checks the
    /// <see cref="RoomAppend.Condition"/>; checks the author against the roster; checks <see cref="AppendCondition.MaxMembers"/>; appends the events.
    /// </para>
    /// <para>
    /// The result is <see cref="AppendStatus.Fenced"/> for a <see cref="RoomEventKind.Joined"/> if a member with this id
    /// is in the room, except that the same session and generation is <see cref="AppendResult.IsRepeated">repeated</see>;
    /// for a <see cref="RoomEventKind.Returned"/> unless the same session is a member with an older generation; and for any other event
    /// with a member unless the same session is a member with the same generation. An event without a member is an event of the host.
    /// </para>
    /// <para>
    /// A request without events is looked up; the result is <see cref="AppendStatus.NotFound"/> if the log does not remember it.
    /// A <see cref="RoomAppend.Checkpoint"/> without events and request is stored if the condition holds.
    /// </para>
    /// <para>
    /// A <see cref="RoomEventKind.Deletion"/> also removes the data of a message or announcement: the log replaces it with
    /// <see cref="RoomEvent.AsDeleted"/> at the same offset, with the same check and time, and omits it from snapshots.
    /// The result is <see cref="AppendStatus.NotFound"/> if there is no message or announcement at the offset, or no longer.
    /// </para>
    /// <para>
    /// The first <see cref="RoomEventKind.Rules"/> sets the room's rules; checkpoints before it are ignored. Each <see cref="RoomEventKind.Rules"/>
    /// schedules an immediate wake-up. So does an event that changes the roster, if the last <see cref="RoomEventKind.Rules"/> says that
    /// the rules <see cref="RoomEvent.P2">read presence</see>, and they have not finished. The next checkpoint sets the next wake-up.
    /// </para>
    /// </remarks>
    /// <param name="append">The request; valid until the call returns, not until the task completes.</param>
    /// <returns>The result: the position of the events, or the reason why they were not appended.</returns>
    ValueTask<AppendResult> AppendAsync(RoomAppend append);

    /// <summary>Reads the events from which the state of the room's rules is computed: all events except messages and announcements.</summary>
    /// <remarks>
    /// The log must keep all of these events after <see cref="RulesBasis.Position"/>
    /// until the rules have <see cref="RulesCheckpoint.IsFinished">finished</see>.
    /// If the rules have finished, or the room has no rules, the page may be <see cref="RoomPage.IsGone">gone</see>.
    /// </remarks>
    /// <param name="after"><see cref="RulesBasis.Position"/>, or the position of the previous page.</param>
    /// <param name="maxEvents">The maximum number of events to return, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken);

    /// <summary>Reads retained events of the log.</summary>
    /// <returns>The page. The data of its events belongs to the caller.</returns>
    /// <param name="after">The position of the last known event; null to begin with the oldest event from which the log has no gap.</param>
    /// <param name="maxEvents">The maximum number of events to return, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken);
}

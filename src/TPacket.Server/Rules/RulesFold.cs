using System.Security.Cryptography;
using TPacket.Diagnostics;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>Computes the state of a room's rules from its log, and gives the room its rules where it has none, or older ones.</summary>
internal sealed class RulesFold(Room room, RulesRoom rules, RulesBinding binding, RoomRegistry rooms)
{
    private const int PageEvents = 256;
    private const int MaxBases = 3;

    /// <summary>Computes the state.</summary>
    /// <param name="snapshot">The snapshot that the room's subscription goes on from.</param>
    /// <returns>The state, and the offset of the last event that it includes: that of the snapshot or a later one, which the subscription has delivered.</returns>
    /// <exception cref="RoomRulesException">The room has other rules, or another version of them, or they fail.</exception>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task<(RulesReplica Replica, long ComputedTo)> ComputeAsync(RoomSnapshot snapshot)
    {
        var basis = snapshot.Rules ?? await NameAsync().ConfigureAwait(false);
        for (var i = 0; i < MaxBases; i++)
        {
            var replica = Begin(basis);
            var to = Math.Max(basis.Position.Offset, snapshot.Position.Offset);
            if (await TryApplyAsync(replica, basis.Position, to).ConfigureAwait(false))
                return (replica, to);
            // Another server has written the state meanwhile, and the log has dropped the events before it.
            basis = await room.ReadBasisAsync().ConfigureAwait(false) ?? basis;
            await room.Delivery.Progress.ReachAsync(basis.Position).ConfigureAwait(false);
            if (!room.HasDelivered(basis.Position))
                break;
        }

        throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' has lost events that its state is computed from.", isOutcomeUnknown: false);
    }

    /// <summary>Gives a room that has older rules these.</summary>
    /// <returns>False where it has them already.</returns>
    /// <exception cref="RoomStoreException">The store failed, did not answer in time, or the room does not stand still.</exception>
    public async ValueTask<bool> TryUpgradeAsync()
    {
        var attempt = 0;
        for (; rules.Replica is { } replica && replica.Version < binding.Rules.Version; attempt++)
        {
            if (attempt == rooms.Options.RulesAttempts)
                throw new RoomStoreException($"Room '{Printable.Escape(room.Name)}' does not take its newer rules.", isOutcomeUnknown: false);
            await AppendAsync(NewRules(), room.HeadOf(RoomStream.Rules)).ConfigureAwait(false);
        }

        return attempt > 0;
    }

    /// <summary>Appends an event that the rules receive, unless they have moved.</summary>
    /// <param name="roomEvent">The event.</param>
    /// <param name="head">Where the rules stand.</param>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask AppendAsync(RoomEvent roomEvent, StreamHead head)
    {
        var condition = new AppendCondition { Streams = [head] };
        var result = await room.AppendAsync(new RoomAppend(roomEvent) { Condition = condition }).ConfigureAwait(false);
        if (result.Status == AppendStatus.Conflict)
            await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
    }

    /// <summary>Applies an event of the log; a failure is logged.</summary>
    /// <returns>Whether the state depends on the event.</returns>
    public bool Apply(RulesReplica replica, in RoomEvent roomEvent)
    {
        var isRead = replica.Apply(roomEvent, out var error);
        if (error is not null)
            RulesLog.EvolveFailed(rooms.Logger, error, room.Name, roomEvent.Offset);
        return isRead;
    }

    /// <summary>The room has a version of the rules that this server does not.</summary>
    public RoomRulesException NewerRules(int version) => new($"Room '{Printable.Escape(room.Name)}' has version {version} of the rules '{binding.Rules.Name}'; this server has version {binding.Rules.Version}.");

    private RoomEvent NewRules() => RoomEvent.Rules(binding.Rules.Name, binding.Rules.Version, binding.Rules.ReadsPresence, NewSeed());

    // Rules shuffle cards with it, so nobody may guess it from the seeds of other rooms.
    private static long NewSeed() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private RulesReplica Begin(RulesBasis basis)
    {
        ThrowIfOthers(basis);
        var replica = binding.Rules.CreateReplica(room.Name);
        bool hasBegun;
        try
        {
            hasBegun = replica.TryBegin(basis);
        }
        catch (Exception e)
        {
            throw new RoomRulesException($"The rules '{binding.Rules.Name}' fail to begin room '{Printable.Escape(room.Name)}'.", e);
        }

        return hasBegun ? replica : throw new RoomRulesException($"The rules '{binding.Rules.Name}' cannot read the state of room '{Printable.Escape(room.Name)}', which version {basis.Version} has written.");
    }

    private void ThrowIfOthers(RulesBasis basis)
    {
        if (basis.Rules.RulesName != binding.Rules.Name)
            throw new RoomRulesException($"Room '{Printable.Escape(room.Name)}' has the rules '{Printable.Escape(basis.Rules.RulesName)}'; on this server it would have '{binding.Rules.Name}'.");
        if (basis.Version < binding.Rules.OldestVersion)
            throw new RoomRulesException($"Room '{Printable.Escape(room.Name)}' has version {basis.Version} of the rules '{binding.Rules.Name}'; this server understands versions from {binding.Rules.OldestVersion} on.");
        if (basis.Version > binding.Rules.Version)
            throw NewerRules(basis.Version);
    }

    /// <summary>Gives the room its rules, unless another server was faster.</summary>
    private async ValueTask<RulesBasis> NameAsync()
    {
        // Rules that fail to begin must not stay in the log: it would want to be woken for them.
        var named = NewRules();
        Begin(new RulesBasis(named with { Time = rooms.Wakes.Now }, default, named.P1, null));
        var isNew = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, RoomPosition.NoEvent, 0)] };
        var result = await room.AppendAsync(new RoomAppend(named) { Condition = isNew }).ConfigureAwait(false);
        if (result.Status is not (AppendStatus.Appended or AppendStatus.Conflict))
            throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' does not take its rules: {result.Status}.", isOutcomeUnknown: false);
        await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        return rules.FindNamed() is { } first
            ? new RulesBasis(first, new RoomPosition(room.Position.Epoch, first.Offset, first.Check), first.P1, null)
            : throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver its rules in time.", isOutcomeUnknown: false);
    }

    /// <summary>Applies the events behind a position.</summary>
    /// <returns>False where the log has dropped one of them.</returns>
    private async ValueTask<bool> TryApplyAsync(RulesReplica replica, RoomPosition position, long to)
    {
        while (position.Offset < to)
        {
            var page = await room.ReadRulesAsync(position, PageEvents).ConfigureAwait(false);
            // Of rules that have finished, the log may drop the events behind the state; they change it no more.
            if (page.IsGone)
                return replica.IsFinished;
            foreach (var roomEvent in page.Events)
            {
                if (roomEvent.Offset <= to)
                    Apply(replica, roomEvent);
            }

            if (page.Events.Count == 0)
                break;
            position = page.Position;
        }

        return true;
    }
}

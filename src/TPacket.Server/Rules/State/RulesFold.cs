using System.Security.Cryptography;
using TPacket.Diagnostics;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rules.Registration;

namespace TPacket.Server.Rules.State;

/// <summary>Computes the state of a room's rules from its log. Appends the rules to the log of a room that has none, or has an older version.</summary>
internal sealed class RulesFold(Room room, RulesRoom rules, RulesBinding binding, RoomRegistry rooms)
{
    private const int PageEvents = 256;
    private const int MaxBases = 3;

    /// <summary>Computes the state.</summary>
    /// <param name="snapshot">The snapshot from which the room's subscription continues.</param>
    /// <returns>The state, and the offset of its last event: the offset of the snapshot, or of a later event that the subscription has delivered.</returns>
    /// <exception cref="RoomRulesException">The room has other rules or another version, or the rules fail.</exception>
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
            // Another server has written a checkpoint meanwhile, and the log has dropped the events before it.
            basis = await room.ReadBasisAsync().ConfigureAwait(false) ?? basis;
            await room.Delivery.Progress.ReachAsync(basis.Position).ConfigureAwait(false);
            if (!room.HasDelivered(basis.Position))
                break;
        }

        throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' has lost events from which its state is computed.", isOutcomeUnknown: false);
    }

    /// <summary>Appends the rules to a room with an older version.</summary>
    /// <returns>False if the room already has this version.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time, or every attempt has conflicted.</exception>
    public async ValueTask<bool> TryUpgradeAsync()
    {
        var attempt = 0;
        for (; rules.Replica is { } replica && replica.Version < binding.Rules.Version; attempt++)
        {
            if (attempt == rooms.Options.RulesAttempts)
                throw new RoomStoreException($"Room '{Printable.Escape(room.Name)}' cannot be upgraded to its newer rules: every attempt has conflicted.", isOutcomeUnknown: false);
            await AppendAsync(NewRules(), room.HeadOf(RoomStream.Rules)).ConfigureAwait(false);
        }

        return attempt > 0;
    }

    /// <summary>Appends an event of the rules' stream, unless another event was appended first.</summary>
    /// <param name="roomEvent">The event.</param>
    /// <param name="head">The last event of the stream.</param>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask AppendAsync(RoomEvent roomEvent, StreamHead head)
    {
        var condition = new AppendCondition { Streams = [head] };
        var result = await room.AppendAsync(new RoomAppend(roomEvent) { Condition = condition }).ConfigureAwait(false);
        if (result.Status == AppendStatus.Conflict)
            await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
    }

    /// <summary>Applies an event of the log, and logs an exception of the rules.</summary>
    /// <returns>Whether the state depends on the event.</returns>
    public bool Apply(RulesReplica replica, in RoomEvent roomEvent)
    {
        var isRead = replica.Apply(roomEvent, out var error);
        if (error is not null)
            RulesLog.EvolveFailed(rooms.Logger, error, room.Name, roomEvent.Offset);
        return isRead;
    }

    /// <summary>Creates the exception for a room with a newer version of the rules.</summary>
    public RoomRulesException NewerRules(int version) => new($"Room '{Printable.Escape(room.Name)}' has version {version} of the rules '{binding.Rules.Name}'; this server has version {binding.Rules.Version}.");

    private RoomEvent NewRules() => RoomEvent.Rules(binding.Rules.Name, binding.Rules.Version, binding.Rules.ReadsPresence, NewSeed());

    // Rules may shuffle cards with the seed, so it must not be predictable from the seeds of other rooms.
    private static long NewSeed() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private RulesReplica Begin(RulesBasis basis)
    {
        ThrowIfIncompatible(basis);
        var replica = binding.Rules.CreateReplica(room.Name);
        bool hasBegun;
        try
        {
            hasBegun = replica.TryBegin(basis);
        }
        catch (Exception e)
        {
            throw new RoomRulesException($"The rules '{binding.Rules.Name}' failed to start room '{Printable.Escape(room.Name)}'.", e);
        }

        return hasBegun ? replica : throw new RoomRulesException($"The rules '{binding.Rules.Name}' cannot read the state of room '{Printable.Escape(room.Name)}', which version {basis.Version} has written.");
    }

    private void ThrowIfIncompatible(RulesBasis basis)
    {
        if (basis.Rules.RulesName != binding.Rules.Name)
            throw new RoomRulesException($"Room '{Printable.Escape(room.Name)}' has the rules '{Printable.Escape(basis.Rules.RulesName)}'; this server has the rules '{binding.Rules.Name}'.");
        if (basis.Version < binding.Rules.OldestVersion)
            throw new RoomRulesException($"Room '{Printable.Escape(room.Name)}' has version {basis.Version} of the rules '{binding.Rules.Name}'; this server supports versions from {binding.Rules.OldestVersion}.");
        if (basis.Version > binding.Rules.Version)
            throw NewerRules(basis.Version);
    }

    /// <summary>Appends the name, version and seed of the rules to the log of a new room, unless another server has appended them first.</summary>
    private async ValueTask<RulesBasis> NameAsync()
    {
        // The rules start before the append: if the log had rules that fail to start, the server would wake the room again and again.
        var named = NewRules();
        Begin(new RulesBasis(named with { Time = rooms.Wakes.Now }, default, named.P1, null));
        var isNew = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, RoomPosition.NoEvent, 0)] };
        var result = await room.AppendAsync(new RoomAppend(named) { Condition = isNew }).ConfigureAwait(false);
        if (result.Status is not (AppendStatus.Appended or AppendStatus.Conflict))
            throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' has rejected its rules: {result.Status}.", isOutcomeUnknown: false);
        await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        return rules.FindNamed() is { } first
            ? new RulesBasis(first, new RoomPosition(room.Position.Epoch, first.Offset, first.Check), first.P1, null)
            : throw new RoomStoreException($"The store of room '{Printable.Escape(room.Name)}' did not deliver its rules in time.", isOutcomeUnknown: false);
    }

    /// <summary>Applies the events after a position.</summary>
    /// <returns>False if the log has dropped one of these events.</returns>
    private async ValueTask<bool> TryApplyAsync(RulesReplica replica, RoomPosition position, long to)
    {
        while (position.Offset < to)
        {
            var page = await room.ReadRulesAsync(position, PageEvents).ConfigureAwait(false);
            // If the rules have finished, the log may drop later events, which do not change the state.
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

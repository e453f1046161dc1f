using TPacket.Server;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>A store that keeps to every rule but one.</summary>
internal sealed class BrokenStore(IRoomStore inner, Rule broken, TimeSpan lateness, TimeProvider time, bool isNextServer = false) : IRoomStore
{
    private readonly List<IRoomSubscriber> _subscribers = [];
    private int _handles;

    public IRoomStore Inner => inner;

    public Rule Broken => broken;

    public TimeProvider Time => time;

    /// <summary>The longest time for which the store holds back a delivery or an append, in real time.</summary>
    public TimeSpan Lateness => lateness;

    /// <summary>Whether this is the store of the next server on the same data.</summary>
    public bool IsNextServer => isNextServer;

    /// <summary>The number of next events that do not reach subscribers.</summary>
    public int LostEvents { get; set; }

    /// <summary>The members, over all handles.</summary>
    public HashSet<(string Room, int Id)> Members { get; } = [];

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var name = broken == Rule.RoomNamesAreCompared ? room.ToUpperInvariant() : room;
        if (broken == Rule.ClosedRoomsAreLetGo)
            _subscribers.Add(subscriber);
        var between = new BrokenSubscriber(this, subscriber);
        var log = await inner.OpenAsync(name, between, cancellationToken);
        if (broken == Rule.GivenUpOpensEnd)
            cancellationToken.ThrowIfCancellationRequested();
        return new BrokenLog(this, room, log, between, handle: _handles++);
    }

    public async ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        if (broken == Rule.RulesSleep || (broken == Rule.KeptRulesAreWoken && isNextServer))
            return [];
        var wakes = await inner.ReadWakesAsync(broken == Rule.WakesAreDue ? long.MaxValue : before, broken == Rule.WakesAreBounded ? int.MaxValue : maxRooms, cancellationToken);
        if (broken == Rule.RoomNamesAreCompared)
            return [.. wakes.Select(static wake => wake with { Room = wake.Room.ToLowerInvariant() })];
        return broken == Rule.WakesAreInOrder ? [.. wakes.Reverse()] : wakes;
    }
}

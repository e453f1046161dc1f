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

    /// <summary>The real time after which the store delivers what it holds back, where nothing else makes it deliver earlier.</summary>
    public TimeSpan Lateness => lateness;

    /// <summary>Whether this is the second store on a place, of the server that came after the first.</summary>
    public bool IsNextServer => isNextServer;

    /// <summary>How many events are still lost on their way to subscribers.</summary>
    public int LostEvents { get; set; }

    /// <summary>The authors that are members, whichever handle they used.</summary>
    public HashSet<(string Room, int Id)> Members { get; } = [];

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var name = broken == Rule.RoomsAreToldApart ? room.ToUpperInvariant() : room;
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
        if (broken == Rule.RoomsAreToldApart)
            return [.. wakes.Select(static wake => wake with { Room = wake.Room.ToLowerInvariant() })];
        return broken == Rule.WakesAreInOrder ? [.. wakes.Reverse()] : wakes;
    }
}

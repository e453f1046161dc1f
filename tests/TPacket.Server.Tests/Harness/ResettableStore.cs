using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TPacket.Server.Rooms;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store in memory. A test resets its subscribers, as a store does that cannot prove that no event is missing, and delivers events of its own to them.</summary>
internal sealed class ResettableStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore
{
    private readonly InMemoryRoomStore _inner = new(options, timeProvider);
    private readonly ConcurrentDictionary<string, IRoomSubscriber> _subscribers = new();
    private readonly List<(IRoomLog Log, RoomAppend Append, TaskCompletionSource<AppendResult> Answer)> _gathered = [];

    /// <summary>Changes the answer to an append; null for none.</summary>
    public Func<AppendResult, AppendResult>? Answer { get; set; }

    /// <summary>Whether appends wait for <see cref="AppendGathered"/>.</summary>
    public bool Gathers { get; set; }

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        _subscribers[room] = subscriber;
        return new Log(this, await _inner.OpenAsync(room, subscriber, cancellationToken));
    }

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => _inner.ReadWakesAsync(before, maxRooms, cancellationToken);

    /// <summary>Appends the gathered events in one step and delivers them in one call, as a store does that commits many appends together.</summary>
    public void AppendGathered()
    {
        RoomEvent[] events = [.. _gathered.Select(static waiting => waiting.Append[0])];
        var appending = _gathered[0].Log.AppendAsync(new RoomAppend(events)).AsTask();
        Assert.True(appending.IsCompletedSuccessfully);
        foreach (var (_, _, answer) in _gathered)
            answer.SetResult(appending.Result);
        _gathered.Clear();
    }

    public void Reset(string room, RoomSnapshot snapshot) => _subscribers[room].OnReset(snapshot);

    public void Lose(string room) => _subscribers[room].OnLost(new IOException("The store has lost the room."));

    public void Deliver(string room, params ReadOnlySpan<RoomEvent> events) => _subscribers[room].OnEvents(events);

    /// <summary>Returns the position of a room's subscriber.</summary>
    public RoomPosition PositionOf(string room) => ((RoomSubscription)_subscribers[room]).Room.Position;

    /// <summary>Returns the members of a room's subscriber.</summary>
    public IReadOnlyList<RoomMember> MembersOf(string room) => ((RoomSubscription)_subscribers[room]).Room.Members;

    private sealed class Log(ResettableStore store, IRoomLog inner) : IRoomLog
    {
        public async ValueTask<AppendResult> AppendAsync(RoomAppend append)
        {
            if (store.Gathers)
            {
                var gathered = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                store._gathered.Add((inner, append, gathered));
                return await gathered.Task;
            }

            var result = await inner.AppendAsync(append);
            return store.Answer is { } answer ? answer(result) : result;
        }

        public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => inner.ReadRulesAsync(after, maxEvents, cancellationToken);

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => inner.ReadAsync(after, maxEvents, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

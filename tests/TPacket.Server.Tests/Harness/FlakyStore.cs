using Microsoft.Extensions.Options;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store in memory, with calls that fail on demand, before or after they take effect, or do not end.</summary>
internal sealed class FlakyStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore
{
    private readonly List<Action> _withheld = [];

    /// <summary>The store that serves the calls.</summary>
    public InMemoryRoomStore Inner { get; } = new(options, timeProvider);

    /// <summary>The kind of each event that was to be appended.</summary>
    public Recorder<RoomEventKind> Appends { get; } = new();

    /// <summary>The call that fails: Open, Read, ReadRules, ReadWakes, Dispose, the kind of the first event that is appended, or Checkpoint or Lookup where there are no events.</summary>
    public string Failing { get; set; } = "";

    /// <summary>The exception of a call that fails; null for the exception of the contract.</summary>
    public Exception? Error { get; set; }

    /// <summary>Whether a call fails after it has taken effect.</summary>
    public bool Late { get; set; }

    /// <summary>The kind of event that is delivered in a form that no subscriber can handle.</summary>
    public RoomEventKind? Confusing { get; set; }

    /// <summary>The kind of event that is not delivered before <see cref="Release"/>.</summary>
    public RoomEventKind? Withheld { get; set; }

    /// <summary>Whether every append gets a condition of an older state of the log, and conflicts.</summary>
    public bool Conflicting { get; set; }

    /// <summary>Runs once, before the events of rules are read the next time; gets the log and the position that is read from.</summary>
    public Func<IRoomLog, RoomPosition, Task>? BeforeReadRules { get; set; }

    /// <summary>The task that a join waits for after it was appended.</summary>
    public Task JoinGate { get; set; } = Task.CompletedTask;

    /// <summary>The task that every append waits for before it takes effect.</summary>
    public Task AppendGate { get; set; } = Task.CompletedTask;

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        await Task.Yield();
        FailAt("Open");
        return new Log(this, await Inner.OpenAsync(room, new Subscriber(this, subscriber), cancellationToken));
    }

    public async ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        await Task.Yield();
        FailAt("ReadWakes");
        return await Inner.ReadWakesAsync(before, maxRooms, cancellationToken);
    }

    /// <summary>Delivers the events that were withheld.</summary>
    public void Release()
    {
        Withheld = null;
        _withheld.ForEach(static deliver => deliver());
        _withheld.Clear();
    }

    private void FailAt(string call, bool late = false)
    {
        if (Failing == call && Late == late)
            throw Error ?? (late ? new TimeoutException("The store is away.") : new RoomStoreException("The store is away.", isOutcomeUnknown: false));
    }

    private sealed class Log(FlakyStore store, IRoomLog inner) : IRoomLog
    {
        public async ValueTask<AppendResult> AppendAsync(RoomAppend append)
        {
            var call = append.Count > 0 ? append[0].Kind.ToString() : append.Checkpoint is null ? "Lookup" : "Checkpoint";
            // The caller may reuse the data when the call has returned.
            var copy = Copy(append);
            var gate = store.AppendGate;
            if (append.Count > 0)
                store.Appends.Add(append[0].Kind);
            await Task.Yield();
            await gate;
            store.FailAt(call);
            if (store.Conflicting && copy.Condition is not null)
                copy = copy with { Condition = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, long.MaxValue, 0)] } };
            var result = await inner.AppendAsync(copy);
            if (call == "Joined")
                await store.JoinGate;
            store.FailAt(call, late: true);
            return result;
        }

        public async ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            store.FailAt("ReadRules");
            if (store.BeforeReadRules is { } before)
            {
                store.BeforeReadRules = null;
                await before(inner, after);
            }

            return await inner.ReadRulesAsync(after, maxEvents, cancellationToken);
        }

        public async ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            store.FailAt("Read");
            return await inner.ReadAsync(after, maxEvents, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            store.FailAt("Dispose");
        }

        private static RoomAppend Copy(RoomAppend append)
        {
            RoomEvent[] events = [.. Enumerable.Range(0, append.Count).Select(i => append[i] with { Data = append[i].Data.ToArray() })];
            var copy = events.Length switch
            {
                0 => default,
                1 => new RoomAppend(events[0]),
                _ => new RoomAppend(events),
            };
            var checkpoint = append.Checkpoint is { State: { } state } kept ? kept with { State = state.ToArray() } : append.Checkpoint;
            return copy with { Condition = append.Condition, Request = append.Request, Content = append.Content.ToArray(), Checkpoint = checkpoint };
        }
    }

    private sealed class Subscriber(FlakyStore store, IRoomSubscriber inner) : IRoomSubscriber
    {
        public void OnReset(RoomSnapshot snapshot) => inner.OnReset(snapshot);

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            if (events[0].Kind != store.Withheld)
            {
                inner.OnEvents(events[0].Kind == store.Confusing ? [RoomEvent.Joined(null!)] : events);
                return;
            }

            var copy = events[0] with { Data = events[0].Data.ToArray() };
            store._withheld.Add(() => inner.OnEvents([copy]));
        }

        public void OnLost(Exception cause) => inner.OnLost(cause);
    }
}

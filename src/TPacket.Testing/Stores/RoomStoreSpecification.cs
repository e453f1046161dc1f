using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;

namespace TPacket.Testing;

/// <summary>
/// The rules that every <see cref="IRoomStore"/> has to keep, as tests of xunit. A store's author derives this class and overrides <see cref="CreateAsync"/> and what else differs; xunit makes an instance for
/// each test. A test closes the logs that it has opened and then disposes of its stores.
/// </summary>
/// <remarks>
/// A store whose events reach subscribers after the append has completed passes too: the tests wait for events until <see cref="Deadline"/>. Tests that appear in a derived class although they do not apply to its
/// store, as its properties say, pass without doing anything.
/// </remarks>
public abstract partial class RoomStoreSpecification : IAsyncLifetime
{
    private const string Room = "lobby";
    private const RoomStream Board = (RoomStream)64;
    private const RoomStream Clock = (RoomStream)65;

    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);
    private static readonly RoomMember _bob = new(0x1001, "bob", session: 2);

    private readonly List<(IRoomStore Store, IRoomLog Log)> _logs = [];
    private readonly List<IRoomStore> _stores = [];

    /// <summary>Makes a store without rooms, on <see cref="Time"/> unless it <see cref="HasOwnClock"/>.</summary>
    /// <returns>The store. The test disposes of it if it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</returns>
    protected abstract ValueTask<IRoomStore> CreateAsync();

    /// <summary>
    /// How many of the latest messages a room remembers where it has a bound by number; null where it has none. At least 60 and at most 1,000. Other bounds, such as one by bytes, must not be reached by messages of
    /// 16 bytes.
    /// </summary>
    protected abstract int? HistoryMessages { get; }

    /// <summary>Whether the store keeps a room without subscriptions, and keeps it when the server ends. Then <see cref="ReopenAsync"/> has to be overridden.</summary>
    protected virtual bool KeepsRooms => false;

    /// <summary>Whether the store takes its time from somewhere else than <see cref="Time"/>, such as a database. Tests that move the clock are left out.</summary>
    protected virtual bool HasOwnClock => false;

    /// <summary>The longest wait for anything that the store has to do.</summary>
    protected virtual TimeSpan Deadline => TimeSpan.FromSeconds(20);

    /// <summary>The clock for the store. Begins at 2026-01-01 UTC and moves only when a test moves it, also back.</summary>
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>How many rooms are opened by the test that opens many.</summary>
    internal virtual int ManyRooms => 10_000;

    private static CancellationToken None => CancellationToken.None;

    /// <summary>Called by xunit before each test.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Called by xunit after each test: closes the logs and disposes of the stores. An override calls the base.</summary>
    public virtual Task DisposeAsync() => CloseAllAsync();

    /// <summary>
    /// Opens a second store beside the first one on the same place, as another server has it. Where only one server at a time can use a place, both are the same store: the default.
    /// </summary>
    /// <param name="store">The first one, which goes on.</param>
    protected virtual ValueTask<IRoomStore> OpenAnotherAsync(IRoomStore store) => new(store);

    /// <summary>
    /// Ends the only store on a place as abruptly as it can be ended, with its rooms open and without disposing of their logs, and opens another one there: as when a server is killed and started again. Called where the store
    /// <see cref="KeepsRooms"/>.
    /// </summary>
    /// <param name="store">The store, which is not used again and which the override disposes of.</param>
    protected virtual ValueTask<IRoomStore> ReopenAsync(IRoomStore store) =>
        throw new NotSupportedException($"A specification whose store {nameof(KeepsRooms)} overrides {nameof(ReopenAsync)}.");

    /// <summary>
    /// Interrupts what the store hears of new events through, such as a connection to a message broker, so that events which are appended next are lost on that way. The default does nothing, for stores that hear of events in the
    /// process.
    /// </summary>
    /// <param name="store">The store.</param>
    protected virtual ValueTask InterruptAsync(IRoomStore store) => default;

    private async ValueTask<IRoomStore> CreateStoreAsync() => Track(await CreateAsync());

    private async ValueTask<IRoomStore> OpenAnotherStoreAsync(IRoomStore store)
    {
        var other = await OpenAnotherAsync(store);
        return other == store ? store : Track(other);
    }

    private async ValueTask<IRoomStore> ReopenStoreAsync(IRoomStore store)
    {
        _logs.RemoveAll(open => open.Store == store);
        _stores.Remove(store);
        return Track(await ReopenAsync(store));
    }

    private IRoomStore Track(IRoomStore store)
    {
        _stores.Add(store);
        return store;
    }

    private async ValueTask<(IRoomLog Log, RecordingSubscriber Subscriber)> OpenAsync(IRoomStore store, string room = Room)
    {
        var subscriber = new RecordingSubscriber();
        return (await OpenAsync(store, room, subscriber), subscriber);
    }

    private async ValueTask<IRoomLog> OpenAsync(IRoomStore store, string room, RecordingSubscriber subscriber)
    {
        var log = await store.OpenAsync(room, subscriber, None).AsTask().WaitAsync(Deadline, TimeProvider.System);
        var bounded = new BoundedLog(log, Deadline);
        lock (_logs)
            _logs.Add((store, bounded));
        await subscriber.UntilAsync(static s => s.Snapshots.Length > 0 || s.Lost is not null, Deadline);
        return bounded;
    }

    /// <summary>Closes a log before the end of the test.</summary>
    private async ValueTask CloseAsync(IRoomLog log)
    {
        _logs.RemoveAll(open => open.Log == log);
        await log.DisposeAsync();
    }

    private async Task CloseAllAsync()
    {
        foreach (var (_, log) in _logs)
            await log.DisposeAsync();
        _logs.Clear();
        foreach (var store in _stores)
        {
            if (store is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (store as IDisposable)?.Dispose();
        }

        _stores.Clear();
    }

    private Task ReachAsync(RecordingSubscriber subscriber, AppendResult appended) => subscriber.ReachAsync(appended.Position, Deadline);

    /// <summary>Appends a last event, and waits until a subscriber has it: whatever was appended before has come too.</summary>
    private async Task<RoomEvent[]> EventsAsync(IRoomLog log, RecordingSubscriber subscriber)
    {
        var last = await log.AnnounceAsync("the end");
        Assert.True(last.IsAppended);
        await ReachAsync(subscriber, last);
        return subscriber.Events[..^1];
    }

    private static RoomAppend Packet(int command, int p1, int p2, string data) => new(RoomEvent.Packet(command, p1, p2, Encoding.UTF8.GetBytes(data)));

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    private static (AppendStatus Status, bool IsRepeated) Outcome(AppendResult result) => (result.Status, result.IsRepeated);

    private static StreamHead Head(RoomStream stream, AppendResult result) => new(stream, result.Position.Offset, result.Position.Check);

    private static (long Offset, ulong Check, long Time, RoomEventKind Kind, int P1, string Text, int? Id) Content(RoomEvent e) =>
        (e.Offset, e.Check, e.Time, e.Kind, e.P1, Text(e), e.Member?.Id);
}

using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

/// <summary>
/// The contract of <see cref="IRoomStore"/> as xunit tests. The author of a store derives a class, overrides
/// <see cref="CreateAsync"/> and <see cref="HistoryMessages"/>, and overrides other members if the store differs from their defaults.
/// xunit creates an instance for each test. A test closes the logs that it has opened and then disposes of its stores.
/// </summary>
/// <remarks>
/// A store may deliver events after the append has completed: the tests wait for events up to <see cref="Deadline"/>.
/// Tests that do not apply to a store, according to the properties of the specification, pass without doing anything.
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

    /// <summary>Creates a store without rooms. The store uses <see cref="Time"/> as its clock, unless <see cref="HasOwnClock"/> is true.</summary>
    /// <returns>The store. The test disposes of it if it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</returns>
    protected abstract ValueTask<IRoomStore> CreateAsync();

    /// <summary>
    /// The maximum number of messages in a room's history, 60 to 1,000; null if the store does not limit the number.
    /// With messages of 16 bytes, no other limit of the store, such as a limit in bytes, may apply first.
    /// </summary>
    protected abstract int? HistoryMessages { get; }

    /// <summary>
    /// Whether the store keeps rooms without subscriptions, even after the server has ended. If true, override <see cref="ReopenAsync"/>. Default: false.
    /// </summary>
    protected virtual bool KeepsRooms => false;

    /// <summary>
    /// Whether the store uses another clock than <see cref="Time"/>, such as the clock of a database.
    /// If true, tests that move the clock do nothing. Default: false.
    /// </summary>
    protected virtual bool HasOwnClock => false;

    /// <summary>The longest wait for a call or an event. Default: 20 s.</summary>
    protected virtual TimeSpan Deadline => TimeSpan.FromSeconds(20);

    /// <summary>The clock of the store. It starts at 2026-01-01 UTC. Only the tests move the clock, forwards and backwards.</summary>
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The number of rooms in the test that opens many rooms.</summary>
    internal virtual int ManyRooms => 10_000;

    private static CancellationToken None => CancellationToken.None;

    /// <summary>Called by xunit before each test.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Called by xunit after each test: closes the logs and disposes of the stores. An override must call the base method.</summary>
    public virtual Task DisposeAsync() => CloseAllAsync();

    /// <summary>
    /// Opens a second store on the data of the first store, as another server does.
    /// Default: returns the first store, for stores that only one server can use at a time.
    /// </summary>
    /// <param name="store">The first store, which stays open.</param>
    protected virtual ValueTask<IRoomStore> OpenAnotherAsync(IRoomStore store) => new(store);

    /// <summary>
    /// Ends the store as abruptly as possible, with its rooms open and without disposing of their logs, and opens another store on
    /// the same data, as if a server was killed and restarted. The tests call the method only if <see cref="KeepsRooms"/> is true.
    /// </summary>
    /// <param name="store">The store to end. The override disposes of the store; the test does not use it again.</param>
    protected virtual ValueTask<IRoomStore> ReopenAsync(IRoomStore store) =>
        throw new NotSupportedException($"{nameof(KeepsRooms)} is true: override {nameof(ReopenAsync)}.");

    /// <summary>
    /// Interrupts the channel over which the store receives new events, such as a connection to a message broker, so that
    /// the channel loses the next appended events. Default: does nothing, for stores that deliver events within the process.
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

    /// <summary>Appends a last event, waits until a subscriber has received it, and returns the events before it.</summary>
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

using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Stores.InMemory;
using TPacket.Testing.Faults;
using TPacket.Testing.Stores;

namespace TPacket.Testing.Tests.Faults;

/// <summary>Each fault has the documented effect, and a plan without faults has none.</summary>
public sealed class FaultyRoomStoreTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);
    private static readonly RoomMember _bob = new(0x1001, "bob", session: 2);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingSubscriber _subscriber = new();
    private readonly RecordingSubscriber _witness = new();
    private readonly Dictionary<IRoomLog, IRoomLog> _inner = [];

    [Fact]
    public async Task A_slow_call_completes_after_its_delay()
    {
        var plan = Plan(StoreFault.Slow);
        var opening = OpenAsync(plan);
        Assert.False(opening.IsCompleted);
        _time.Advance(plan.ShortDelay);
        var log = await opening;

        var appending = log.AnnounceAsync("slow").AsTask();
        Assert.False(appending.IsCompleted);
        Assert.Empty(_subscriber.Events);
        _time.Advance(plan.ShortDelay);
        Assert.True((await appending).IsAppended);
        Assert.Equal(2, plan.Count(StoreFault.Slow));
    }

    [Fact]
    public async Task A_failed_call_has_no_effect_and_a_known_outcome()
    {
        var plan = Plan(StoreFault.Failed);
        var error = await Assert.ThrowsAsync<RoomStoreException>(() => OpenAsync(plan));
        Assert.False(error.IsOutcomeUnknown);

        plan = Plan(StoreFault.Failed, percent: 50);
        var log = await OpenUntilItSucceedsAsync(plan);
        await AppendAsync(log, (text, error) => Assert.False(Assert.IsType<RoomStoreException>(error).IsOutcomeUnknown), takesEffect: false);
        await AssertReadsFailAsync<RoomStoreException>(log);
    }

    [Fact]
    public async Task A_lost_request_has_no_effect_and_an_unknown_outcome()
    {
        var log = await OpenUntilItSucceedsAsync(Plan(StoreFault.RequestLost, percent: 50));
        await AppendAsync(log, static (_, error) => Assert.IsType<IOException>(error), takesEffect: false);
        await AssertReadsFailAsync<IOException>(log);
    }

    [Fact]
    public async Task A_call_with_a_lost_answer_took_effect()
    {
        var log = await OpenUntilItSucceedsAsync(Plan(StoreFault.AnswerLost, percent: 50));
        await AppendAsync(log, static (_, error) => Assert.IsType<IOException>(error), takesEffect: true);
        await AssertReadsFailAsync<IOException>(log);
    }

    [Fact]
    public async Task A_search_for_rooms_to_wake_fails_like_other_calls_and_otherwise_finds_them()
    {
        await AssertFailsAsync<RoomStoreException>(async () => await new FaultyRoomStore(Inner(), Plan(StoreFault.Failed)).ReadWakesAsync(0, 1, default));
        await AssertFailsAsync<IOException>(async () => await new FaultyRoomStore(Inner(), Plan(StoreFault.AnswerLost)).ReadWakesAsync(0, 1, default));

        var plan = Plan(StoreFault.Slow);
        var inner = Inner();
        await (await WithRulesAsync(inner, wakeAt: 5)).DisposeAsync();
        var reading = new FaultyRoomStore(inner, plan).ReadWakesAsync(5, 1, default).AsTask();
        Assert.False(reading.IsCompleted);
        _time.Advance(plan.ShortDelay);
        Assert.Equal([new RoomWake("lobby", 5)], await reading);
    }

    [Fact]
    public async Task A_checkpoint_without_events_fails_like_other_calls_and_its_state_is_a_copy()
    {
        var plan = Plan(StoreFault.Slow);
        var inner = Inner();
        var kept = await WithRulesAsync(inner, wakeAt: null);
        var opening = new FaultyRoomStore(inner, plan).OpenAsync("lobby", _subscriber, default).AsTask();
        _time.Advance(plan.ShortDelay);
        var log = await opening;
        var state = "state"u8.ToArray();

        var keeping = log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { State = state, WakeAt = 7 } }).AsTask();
        state.AsSpan().Clear();
        Assert.False(keeping.IsCompleted);
        _time.Advance(plan.ShortDelay);
        Assert.True((await keeping).IsAppended);

        await inner.OpenAsync("lobby", _witness, default);
        Assert.Equal("state"u8.ToArray(), _witness.Snapshots[0].Rules!.State!.Value.ToArray());
        await kept.DisposeAsync();
    }

    [Fact]
    public async Task A_lost_answer_to_an_opening_leaves_no_subscription()
    {
        var plan = Plan(StoreFault.AnswerLost);
        var inner = Inner();
        var witness = await inner.OpenAsync("lobby", _witness, default);
        await Assert.ThrowsAsync<IOException>(async () => await new FaultyRoomStore(inner, plan).OpenAsync("lobby", _subscriber, default));
        await witness.AnnounceAsync("one");
        Assert.Single(_subscriber.Snapshots);
        Assert.Empty(_subscriber.Events);
    }

    [Fact]
    public async Task A_late_call_takes_effect_after_its_caller_has_stopped_waiting()
    {
        var plan = Plan(StoreFault.Late);
        var opening = OpenAsync(plan);
        _time.Advance(plan.LongDelay);
        var log = await opening;

        var appending = log.AnnounceAsync("late").AsTask();
        _time.Advance(plan.ShortDelay - TimeSpan.FromMilliseconds(1));
        Assert.False(appending.IsCompleted);
        _time.Advance(plan.LongDelay);
        Assert.True((await appending).IsAppended);
        Assert.Equal(["late"], _subscriber.Events.Select(Text));
    }

    [Fact]
    public async Task A_call_that_hangs_takes_effect_or_fails_when_the_store_is_healed()
    {
        var plan = Plan(StoreFault.Hung, percent: 50);
        var hung = new List<Task<AppendResult>>();
        var opening = OpenUntilItSucceedsAsync(Plan(StoreFault.Hung, percent: 0));
        var log = new FaultyRoomStore(Inner(), plan);
        var rooms = Enumerable.Range(0, 40).Select(i => log.OpenAsync($"room {i}", new RecordingSubscriber(), default).AsTask()).ToArray();
        Assert.InRange(rooms.Count(static room => !room.IsCompleted), 5, 35);
        foreach (var (i, room) in rooms.Index().Where(static room => room.Item.IsCompleted))
            hung.Add((await room).AnnounceAsync($"{i}").AsTask());
        Assert.Contains(hung, static append => !append.IsCompleted);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Contains(hung, static append => !append.IsCompleted);

        plan.Heal();
        var outcomes = await Task.WhenAll(rooms.Select(static room => SucceedsAsync(room)).Concat(hung.Select(static append => SucceedsAsync(append))));
        Assert.Contains(true, outcomes);
        Assert.Contains(false, outcomes);
        await (await opening).DisposeAsync();
    }

    [Fact]
    public async Task Appends_of_one_author_take_effect_in_the_order_of_the_calls_under_every_fault()
    {
        var plan = new FaultPlan(3, _time)
        {
            [StoreFault.Slow] = 20,
            [StoreFault.Late] = 20,
            [StoreFault.AnswerLost] = 20,
            [StoreFault.Failed] = 10,
            [StoreFault.Hung] = 3,
        };
        var log = await OpenOnceAsync(plan);
        await Inner(log).JoinAsync(_alice);
        await Inner(log).JoinAsync(_bob);
        var says = Enumerable.Range(0, 100).Select(i => SucceedsAsync(log.SayAsync(i % 2 == 0 ? _alice : _bob, $"{i}").AsTask())).ToArray();
        while (!says.All(static say => say.IsCompleted))
        {
            if (plan.Count(StoreFault.Hung) > 0)
                plan.Heal();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Contains(says, static say => !say.Result);
        foreach (var author in new[] { _alice, _bob })
        {
            var numbers = _witness.Events.Where(e => e.Kind == RoomEventKind.Message && e.Member!.Id == author.Id).Select(e => int.Parse(Text(e), CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order(), numbers);
            Assert.True(numbers.Length > 20);
        }
    }

    [Fact]
    public async Task Delayed_events_come_together_with_the_next_events()
    {
        var plan = Plan(StoreFault.DeliveryDelayed);
        var log = await OpenAsync(plan);
        AppendResult last = default;
        for (var i = 0; i < 5; i++)
            last = await log.AnnounceAsync($"{i}");
        Assert.Empty(_subscriber.Events);

        var reached = _subscriber.ReachAsync(last.Position, _deadline);
        while (!reached.IsCompleted)
        {
            _time.Advance(plan.LongDelay);
            await Task.Yield();
        }

        await reached;
        Assert.Equal(["0", "1", "2", "3", "4"], _subscriber.Events.Select(Text));
        Assert.Null(_subscriber.Violation);
        Assert.Single(_subscriber.Snapshots);
    }

    [Fact]
    public async Task A_subscription_is_reset_in_place_of_events()
    {
        var plan = Plan(StoreFault.SubscriptionReset, percent: 30);
        var log = await OpenAsync(plan);
        for (var i = 0; i < 50; i++)
            await _subscriber.ReachAsync((await log.AnnounceAsync($"{i}")).Position, _deadline);

        Assert.Null(_subscriber.Violation);
        Assert.InRange(_subscriber.Snapshots.Length - 1, 5, 40);
        Assert.Equal(plan.Count(StoreFault.SubscriptionReset), _subscriber.Snapshots.Length - 1);
        Assert.True(_subscriber.Events.Length < 50);
        Assert.Equal(
            Enumerable.Range(0, 50).Select(static i => $"{i}"),
            _subscriber.Snapshots[^1].History.Concat(_subscriber.Events).DistinctBy(static e => e.Offset).OrderBy(static e => e.Offset).Select(Text));
    }

    [Fact]
    public async Task A_lost_subscription_ends()
    {
        var plan = Plan(StoreFault.SubscriptionLost);
        var log = await OpenAsync(plan);
        await log.AnnounceAsync("one");
        await _subscriber.UntilAsync(static s => s.Lost is not null, _deadline);
        await log.AnnounceAsync("two");

        Assert.Empty(_subscriber.Events);
        Assert.Null(_subscriber.Violation);
        Assert.Equal(["one", "two"], _witness.Events.Select(Text));
    }

    [Fact]
    public async Task The_same_seed_has_the_same_faults()
    {
        async Task<string> RunAsync(int seed)
        {
            var plan = new FaultPlan(seed, _time) { [StoreFault.Failed] = 30, [StoreFault.AnswerLost] = 30 };
            var log = await OpenOnceAsync(plan);
            var outcomes = new List<bool>();
            for (var i = 0; i < 30; i++)
                outcomes.Add(await SucceedsAsync(log.AnnounceAsync($"{i}").AsTask()));
            return string.Concat(outcomes.Select(static outcome => outcome ? '+' : '-'));
        }

        Assert.Equal(await RunAsync(1), await RunAsync(1));
        Assert.NotEqual(await RunAsync(1), await RunAsync(2));
        Assert.Equal(FaultPlan.Draw(7).ToString(), FaultPlan.Draw(7).ToString());
        Assert.True(Enumerable.Range(0, 20).Select(static seed => FaultPlan.Draw(seed).ToString()[10..]).Distinct().Count() > 10);
    }

    [Fact]
    public async Task A_healed_store_has_no_faults()
    {
        var plan = Plan(StoreFault.Failed);
        plan.Heal();
        var log = await OpenAsync(plan);
        Assert.True((await log.AnnounceAsync("one")).IsAppended);
        Assert.Single((await log.ReadAsync(null, 10, default)).Events);
        await log.DisposeAsync();
        Assert.True(plan.IsHealed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_percentage_out_of_range_throws(int percent) => Assert.Throws<ArgumentOutOfRangeException>(() => new FaultPlan(1) { [StoreFault.Slow] = percent });

    private FaultPlan Plan(StoreFault fault, int percent = 100) => new(1, _time) { [fault] = percent };

    private InMemoryRoomStore Inner() => new(Options.Create(new TPacketServerOptions()), _time);

    private static async Task<IRoomLog> WithRulesAsync(InMemoryRoomStore inner, long? wakeAt)
    {
        var log = await inner.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, readsPresence: false, seed: 42)) { Checkpoint = new RulesCheckpoint { WakeAt = wakeAt } });
        return log;
    }

    private IRoomLog Inner(IRoomLog faulty) => _inner[faulty];

    private async Task<IRoomLog> OpenAsync(FaultPlan plan)
    {
        var inner = Inner();
        var witness = await inner.OpenAsync("lobby", _witness, default);
        var log = await new FaultyRoomStore(inner, plan).OpenAsync("lobby", _subscriber, default);
        _inner.Add(log, witness);
        return log;
    }

    /// <summary>Opens the room without a fault, whatever the plan draws for the opening.</summary>
    private async Task<IRoomLog> OpenOnceAsync(FaultPlan plan)
    {
        var inner = Inner();
        var witness = await inner.OpenAsync("lobby", _witness, default);
        var subscription = new FaultySubscription(inner, plan, "lobby", 0, _subscriber);
        var log = new FaultyRoomLog(await inner.OpenAsync("lobby", subscription, default), plan, "lobby", subscription, new());
        _inner.Add(log, witness);
        return log;
    }

    private async Task<IRoomLog> OpenUntilItSucceedsAsync(FaultPlan plan)
    {
        var store = new FaultyRoomStore(Inner(), plan);
        while (true)
        {
            try
            {
                return await store.OpenAsync("lobby", new RecordingSubscriber(), default);
            }
            catch (Exception e) when (e is IOException or RoomStoreException)
            {
                // The next opening is another call.
            }
        }
    }

    /// <summary>Appends until at least one append has succeeded and one has failed.</summary>
    private static async Task AppendAsync(IRoomLog log, Action<string, Exception> onFailure, bool takesEffect)
    {
        var (succeeded, failed, expected) = (0, 0, new List<string>());
        while (succeeded == 0 || failed == 0)
        {
            var text = $"{succeeded + failed}";
            try
            {
                await log.AnnounceAsync(text);
                succeeded++;
                expected.Add(text);
            }
            catch (Exception e)
            {
                failed++;
                onFailure(text, e);
                if (takesEffect)
                    expected.Add(text);
            }
        }

        while (true)
        {
            try
            {
                Assert.Equal(expected, (await log.ReadAsync(null, 1000, default)).Events.Select(Text));
                return;
            }
            catch (Exception e) when (e is IOException or RoomStoreException)
            {
                // The next read is another call.
            }
        }
    }

    private static async Task AssertReadsFailAsync<TException>(IRoomLog log)
        where TException : Exception
    {
        await AssertFailsAsync<TException>(async () => await log.ReadAsync(null, 1, default));
        await AssertFailsAsync<TException>(async () => await log.ReadRulesAsync(default, 1, default));
    }

    /// <summary>Calls until a call fails.</summary>
    private static async Task AssertFailsAsync<TException>(Func<Task> call)
        where TException : Exception
    {
        Exception? error = null;
        for (var i = 0; i < 100 && error is null; i++)
            error = await Record.ExceptionAsync(call);
        Assert.IsType<TException>(error);
    }

    private static async Task<bool> SucceedsAsync(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (Exception e) when (e is IOException or RoomStoreException)
        {
            return false;
        }
    }

    private static string Text(RoomEvent roomEvent) => System.Text.Encoding.UTF8.GetString(roomEvent.Data.Span);
}

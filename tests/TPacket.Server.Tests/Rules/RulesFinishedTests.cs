using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Rules.RulesTests;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that have finished: the log may drop the events behind their state.</summary>
public class RulesFinishedTests
{
    private readonly Store _store = new();
    private readonly InMemoryUserIdStore _ids = new();

    [Fact]
    public async Task A_room_is_opened_although_the_log_has_dropped_joins_and_leaves_after_the_state()
    {
        await using var one = await StartAsync();
        await using var alice = await JoinAsync(one, "alice");
        await alice.AnswerAsync(new TallyCommand.Add(10));
        using (var deadline = Deadline.Start())
            await _store.HasFinished.Task.WaitAsync(deadline.Token);

        // The server ends before it writes the state again.
        _store.LosesStates = true;
        await using var bob = await JoinAsync(one, "bob");
        await using var carol = await JoinAsync(one, "carol");
        await using var other = await StartAsync();
        await using var dave = await JoinAsync(other, "dave");

        Assert.Equal(10, other.Tally.Sum);
    }

    [Fact]
    public async Task Events_after_the_end_of_the_rules_change_nothing()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(60_000));
        await alice.AnswerAsync(new TallyCommand.AddTwice(10, 20));
        await using var bob = await JoinAsync(server, "bob");
        var refusal = (await alice.AnswerAsync(new TallyCommand.Add(1)))[^1];

        Assert.Equal((Wire.RespError, -6, "This room has finished."), (refusal.Command, refusal.P1, refusal.Text));
        Assert.Equal((10, "alice"), (server.Tally.Sum, string.Join(' ', server.Tally.Present)));
        Assert.Empty(await _store.ReadWakesAsync(long.MaxValue, 10, default));
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(build: b =>
    {
        b.Services.Replace(ServiceDescriptor.Singleton<IRoomStore>(_store));
        b.Services.Replace(ServiceDescriptor.Singleton<IUserIdStore>(_ids));
        b.AddRules("room", TallyRules.Command, new FinishedAtTen());
    });

    private sealed class FinishedAtTen : TallyRules
    {
        public override bool IsFinished(Tally state) => state.Sum >= 10;
    }

    /// <summary>The store in memory, which keeps one event that no state needs, and loses states when a test wants it.</summary>
    private sealed class Store : IRoomStore
    {
        private readonly InMemoryRoomStore _inner = new(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryMessages = 1 }), TimeProvider.System);

        public TaskCompletionSource HasFinished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether states of the first server are lost.</summary>
        public volatile bool LosesStates;

        private int _opened;

        public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) =>
            new Log(this, await _inner.OpenAsync(room, subscriber, cancellationToken), isFirst: Interlocked.Increment(ref _opened) == 1);

        public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => _inner.ReadWakesAsync(before, maxRooms, cancellationToken);

        private sealed class Log(Store store, IRoomLog inner, bool isFirst) : IRoomLog
        {
            public async ValueTask<AppendResult> AppendAsync(RoomAppend append)
            {
                if (isFirst && store.LosesStates && append is { Count: 0, Checkpoint: not null })
                    throw new RoomStoreException("The state is lost.", isOutcomeUnknown: false);
                var result = await inner.AppendAsync(append);
                if (result.IsAppended && append.Checkpoint is { IsFinished: true })
                    store.HasFinished.TrySetResult();
                return result;
            }

            public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => inner.ReadRulesAsync(after, maxEvents, cancellationToken);

            public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => inner.ReadAsync(after, maxEvents, cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Hosting;
using TPacket.Server.Tests.Harness;
using TPacket.Transports.Loops;

namespace TPacket.Server.Tests.Rooms.Delivery;

/// <summary>The number of writes per member.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    private const int Broadcasts = 10;
    private const int Command = 300;

    private readonly ServiceProvider _provider;
    private readonly CountingTransport[] _members;

    public BatchTests()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<TimeProvider>(new FakeTimeProvider());
        services.AddTPacketServer().UseRoomStore<ResettableStore>();
        _provider = services.BuildServiceProvider();
        _members = [.. Enumerable.Range(0, 5).Select(static _ => new CountingTransport())];
        for (var i = 0; i < _members.Length; i++)
        {
            _provider.GetRequiredService<ConnectionAcceptor>().Accept(_members[i]);
            _members[i].Accept(Command);
            _members[i].Enter($"user {i}", "room");
        }

        Assert.Equal(_members.Length, Room.MemberCount);
    }

    private ResettableStore Store => (ResettableStore)_provider.GetRequiredService<IRoomStore>();

    private IRoom Room => _provider.GetRequiredService<IRoomDirectory>().Find("room")!;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _provider.DisposeAsync().AsTask();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Events_that_a_store_delivers_together_are_sent_in_one_write_per_member(bool ownThread)
    {
        var last = Store.PositionOf("room");
        RoomEvent[] events = [.. Enumerable.Range(1, Broadcasts).Select(i => RoomEvent.Packet(Command, 0, 0, new byte[i]) with { Offset = last.Offset + i })];
        var writes = WritesOf(() =>
        {
            if (!ownThread)
            {
                Store.Deliver("room", events);
                return;
            }

            var thread = new Thread(() => Store.Deliver("room", events));
            thread.Start();
            thread.Join();
        });
        Assert.Equal(1, writes);
    }

    [Fact]
    public void A_reset_is_sent_in_one_write_per_member()
    {
        RoomMember[] crowd = [.. Enumerable.Range(1, 50).Select(static i => new RoomMember(1_000_000 + i, $"n{i}", session: i))];
        var snapshot = new RoomSnapshot(Store.PositionOf("room") with { Offset = 1000 }, [.. Store.MembersOf("room"), .. crowd], [], []);
        Assert.Equal(1, WritesOf(() => Store.Reset("room", snapshot)));
    }

    [Fact]
    public void Broadcasts_of_one_round_are_sent_in_one_write_per_member()
    {
        var writes = WritesOf(() =>
        {
            // An event loop opens a batch around the packets that it has read.
            var batch = FlushBatch.Enter();
            Broadcast();
            batch.Exit();
        });
        Assert.Equal(1, writes);
    }

    [Fact]
    public void Each_broadcast_after_an_await_is_sent_in_one_write_per_member()
    {
        // No batch is open after an await: the rest of the handler may run long, or block.
        Assert.Equal(Broadcasts, WritesOf(Broadcast));
    }

    [Fact]
    public async Task Broadcasts_that_a_store_appends_together_are_sent_in_one_write_per_member()
    {
        Store.Gathers = true;
        var appending = Enumerable.Range(0, Broadcasts).Select(i => Room.BroadcastAsync(Command, i).AsTask()).ToArray();
        Assert.Equal(1, WritesOf(Store.AppendGathered));
        using var deadline = Deadline.Start();
        Assert.All(await Task.WhenAll(appending).WaitAsync(deadline.Token), static result => Assert.True(result.IsAppended));
    }

    private void Broadcast()
    {
        for (var i = 0; i < Broadcasts; i++)
        {
            var appending = Room.BroadcastAsync(Command, i);
            Assert.True(appending.IsCompletedSuccessfully && appending.Result.IsAppended);
        }
    }

    /// <summary>Counts the writes of an action for each member.</summary>
    private int WritesOf(Action action)
    {
        var before = _members.Select(static member => member.Writes).ToArray();
        action();
        return Assert.Single(_members.Select((member, i) => member.Writes - before[i]).Distinct());
    }
}

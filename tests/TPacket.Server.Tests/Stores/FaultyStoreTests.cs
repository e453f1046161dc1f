using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;
using Xunit.Abstractions;

namespace TPacket.Server.Tests.Stores;

/// <summary>With every failure that a store's contract allows, the order of docs/protocol.md holds, each request is answered, and nothing is left behind.</summary>
[Collection(CrowdCollection.Name)]
public class FaultyStoreTests(ITestOutputHelper output)
{
    private const int Steps = 200;
    private const int ErrorUnknown = -8;

    private static readonly TimeSpan _never = TimeSpan.FromDays(700);

    // TPACKET_TEST_FAULT_SEEDS=FIRST-LAST adds these seeds.
    private static readonly string? _more = Environment.GetEnvironmentVariable("TPACKET_TEST_FAULT_SEEDS");

    [Fact]
    public async Task Users_receive_one_order_and_all_replies_over_a_store_that_fails()
    {
        for (var seed = 1; seed <= 12; seed++)
            await RunAsync(seed);
    }

    /// <summary>Seeds that have found a fault.</summary>
    [Theory]
    [InlineData(1)] // Members of a room whose subscription was lost stayed in its log.
    [InlineData(30)] // The nick of a user that left while its change of nick was unanswered stayed reserved.
    [InlineData(87)] // A member that was removed from a large room received DEL_USER with a nick that it did not know.
    public Task A_fault_that_was_found_stays_fixed(int seed) => RunAsync(seed);

    [Fact]
    public async Task A_join_that_is_not_delivered_in_time_is_answered_and_can_be_tried_again()
    {
        var time = new FakeTimeProvider();
        var plan = new FaultPlan(1, time) { [StoreFault.DeliveryDelayed] = 100 };
        await using var server = await StartAsync(plan, time);
        await using var alice = await server.SignInAsync("alice");
        var refused = alice.ReplyAsync(Wire.SetRoom, "room");
        await AdvanceUntilAsync(time, refused);
        Assert.Equal((Wire.RespError, ErrorUnknown), ((await refused).Command, (await refused).P1));
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Wire.NewMsg, "x")).P1);

        plan.Heal();
        Packet entered;
        do
        {
            // The leave that undoes the join may not be delivered yet.
            var entering = alice.ReplyAsync(Wire.SetRoom, "room");
            await AdvanceUntilAsync(time, entering);
            entered = await entering;
        }
        while (entered.Command == Wire.RespError);

        Assert.Equal((Wire.NewUser, "alice"), (await alice.ReceiveAsync()) is var user ? (user.Command, user.Text) : default);
        await alice.SendAsync(Wire.NewMsg, "here");
        Assert.Equal("here", (await alice.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task More_seeds_can_be_run()
    {
        if (_more?.Split('-') is not [var first, var last])
            return;
        var (runs, packets, followed, receipts, failed) = (0, 0, 0, 0, new List<int>());
        for (var seed = int.Parse(first, CultureInfo.InvariantCulture); seed <= int.Parse(last, CultureInfo.InvariantCulture); seed++)
        {
            runs++;
            try
            {
                await using var run = new FaultyRun(seed);
                await RunAsync(run);
                (packets, followed, receipts) = (packets + run.Sent, followed + run.Followed, receipts + run.Receipts);
            }
            catch (Exception e)
            {
                failed.Add(seed);
                output.WriteLine(e.Message);
            }
        }

        var result = $"{runs} runs of {Steps} steps, {packets} packets, {followed} events followed, {receipts} receipts, failed: {string.Join(' ', failed)}";
        output.WriteLine(result);
        await File.AppendAllTextAsync(Path.Combine(AppContext.BaseDirectory, "faulty-store.log"), $"{_more}: {result}\n");
        Assert.Empty(failed);
    }

    [Fact]
    public async Task Members_of_a_room_with_a_lost_subscription_reconnect_and_leave_no_ghost()
    {
        var time = new FakeTimeProvider();
        var plan = new FaultPlan(1, time) { [StoreFault.SubscriptionLost] = 100 };
        var inner = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), time);
        var log = new RecordingSubscriber();
        await inner.OpenAsync("room", log, default);
        await using var server = await StartAsync(plan, time, inner);
        await using var alice = await server.SignInAsync("alice");
        await alice.SendAsync(Wire.SetRoom, "room");
        // The subscription is lost at the client's own join.
        var refused = alice.ReceiveAsync();
        await AdvanceUntilAsync(time, refused);
        Assert.Equal(Wire.RespError, (await refused).Command);
        plan.Heal();
        await alice.CloseAsync();
        var ended = server.EndedAsync();
        await AdvanceUntilAsync(time, ended);

        Assert.Empty(log.Members);
        await using var heir = await server.JoinAsync("alice", "room");
        Assert.Equal("alice", Assert.Single(log.Members).Nick);
    }

    private static Task<TestServer> StartAsync(FaultPlan plan, FakeTimeProvider time, InMemoryRoomStore? inner = null) => TestServer.StartAsync(
        static o => (o.PingAfterIdle, o.NickTimeout, o.MagicStringTimeout, o.HandshakeTimeout) = (_never, _never, _never, _never),
        b => b.Services.AddSingleton<IRoomStore>(new FaultyRoomStore(inner ?? new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), time), plan)),
        time);

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task task)
    {
        using var deadline = Deadline.Start();
        while (!task.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            for (var i = 0; i < 50 && !task.IsCompleted; i++)
                await Task.Yield();
            time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    private static async Task RunAsync(int seed)
    {
        await using var run = new FaultyRun(seed);
        await RunAsync(run);
    }

    private static async Task RunAsync(FaultyRun run)
    {
        try
        {
            await run.RunAsync(Steps);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{run.Plan}, large rooms from {run.LargeRoomMembers}: {e.Message}\n{run.Trace}", e);
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Hosting;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

/// <summary>How many writes a member costs.</summary>
public class BatchTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Events_that_a_store_delivers_together_leave_in_one_write_a_member(bool ownThread)
    {
        var (store, members) = Start();
        var before = members.Select(static m => m.Writes).ToList();
        var last = store.PositionOf("room");
        RoomEvent[] events = [.. Enumerable.Range(1, 10).Select(i => RoomEvent.Packet(7, 0, 0, new byte[i]) with { Offset = last.Offset + i })];
        if (ownThread)
        {
            var thread = new Thread(() => store.Deliver("room", events));
            thread.Start();
            thread.Join();
        }
        else
        {
            store.Deliver("room", events);
        }

        Assert.Equal(before.Select(static writes => writes + 1), members.Select(static m => m.Writes));
    }

    [Fact]
    public void A_reset_leaves_in_one_write_a_member()
    {
        var (store, members) = Start();
        var before = members.Select(static m => m.Writes).ToList();
        RoomMember[] crowd = [.. Enumerable.Range(1, 50).Select(static i => new RoomMember(1_000_000 + i, $"n{i}", session: i))];
        store.Reset("room", new RoomSnapshot(store.PositionOf("room") with { Offset = 1000 }, [.. store.MembersOf("room"), .. crowd], [], []));
        Assert.Equal(before.Select(static writes => writes + 1), members.Select(static m => m.Writes));
    }

    private static (ResettableStore Store, CountingTransport[] Members) Start()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<TimeProvider>(new FakeTimeProvider());
        services.AddTPacketServer().UseRoomStore<ResettableStore>();
        var provider = services.BuildServiceProvider();
        var members = Enumerable.Range(0, 5).Select(static _ => new CountingTransport()).ToArray();
        for (var i = 0; i < members.Length; i++)
        {
            provider.GetRequiredService<ConnectionAcceptor>().Accept(members[i]);
            members[i].Enter($"user {i}", "room");
        }

        Assert.Equal(members.Length, provider.GetRequiredService<IRoomDirectory>().Find("room")!.MemberCount);
        return ((ResettableStore)provider.GetRequiredService<IRoomStore>(), members);
    }
}

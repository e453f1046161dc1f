using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Delivery;

/// <summary>The order of a room's events (docs/protocol.md), while many clients join, talk, leave and drop at the same time.</summary>
[Collection(CrowdCollection.Name)]
public class OrderingTests
{
    private const int Visitors = 40;
    private const int Observers = 4;
    private const int Rounds = 3;
    private const int Messages = 10;

    [Theory]
    [InlineData(TransportKind.Sockets, false, 256)]
    [InlineData(TransportKind.Auto, false, 256)]
    [InlineData(TransportKind.Auto, true, 256)]
    [InlineData(TransportKind.Auto, false, 10)]
    [InlineData(TransportKind.Auto, true, 10)]
    public async Task All_members_receive_the_same_packets_under_random_changes(TransportKind transport, bool storeTakesItsTime, int largeRoomMembers)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            (o.Transport, o.LargeRoomMembers) = (transport, largeRoomMembers);
            (o.HistoryMessages, o.HistoryBytes, o.OutboundQueuePackets) = (100_000, 1 << 24, 100_000);
        }, b => _ = storeTakesItsTime ? b.UseRoomStore<FlakyStore>() : b);
        var observers = new List<TestClient>();
        for (var i = 0; i < Observers; i++)
            observers.Add(await server.JoinAsync($"observer{i}", "room"));
        // From here on all of them receive the same packets.
        foreach (var observer in observers)
            await observer.FenceAsync();
        var watching = observers.Select((observer, i) => ObserveAsync(observer, observers.ToDictionary(o => o.Id, o => o.Nick))).ToArray();

        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(Enumerable.Range(0, Visitors).Select(i => VisitAsync(server, $"v{round}x{i}", i)));
        await server.EndedAsync(Rounds * Visitors);
        await observers[0].SendAsync(Wire.NewMsg, RoomView.Text("observer0", 0));

        var views = await Task.WhenAll(watching);
        Assert.All(views, view => Assert.Equal(views[0].Live, view.Live));
        Assert.Equal(observers.Select(o => o.Nick).Order(), views[0].Present.Values.Order());
        Assert.Equal(Rounds * Visitors, views[0].Live.Count(p => p.Command == Wire.NewUser));
        Assert.Equal(Rounds * Visitors, views[0].Live.Count(p => p.Command == Wire.DelUser));
        Assert.True(views[0].Live.Count(p => p.Command == Wire.NewMsg) > Rounds * Visitors / 4 * Messages, "Too little was said.");
        foreach (var observer in observers)
            await observer.DisposeAsync();
    }

    /// <summary>Joins, talks without waiting, and leaves by a close, by a reset, or not at all. Each client checks its view of the room while it is a member.</summary>
    private static async Task VisitAsync(TestServer server, string nick, int number)
    {
        if (number % 4 == 3)
        {
            using var rude = await server.ConnectRawAsync();
            var id = await rude.JoinAsync(nick, "room");
            for (var i = 0; i < Messages; i++)
                await rude.SendAsync(new Packet(i, Wire.NewMsg, RoomView.Text(nick, i)));
            rude.Reset();
            return;
        }

        await using var visitor = await server.SignInAsync(nick);
        var uid = await visitor.SendAsync(Wire.SetRoom, "room");
        for (var i = 0; i < Messages; i++)
            await visitor.SendAsync(Wire.NewMsg, RoomView.Text(nick, i));
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), await visitor.ReceiveAsync());
        var view = new RoomView();
        var last = RoomView.Text(nick, Messages - 1);
        Packet packet;
        do
            view.Add(packet = await visitor.ReceiveAsync(), rosterIsComplete: false);
        while (packet.Command != Wire.NewMsg || packet.Text != last);

        if (number % 4 == 0)
            await visitor.CloseAsync();
    }

    private static async Task<RoomView> ObserveAsync(TestClient observer, Dictionary<int, string> present)
    {
        var view = new RoomView();
        foreach (var (id, nick) in present)
            view.Add(new Packet(-1, Wire.NewUser, nick, id), rosterIsComplete: false);
        while (true)
        {
            var packet = await observer.ReceiveAsync();
            view.Add(packet, rosterIsComplete: true);
            if (packet.Command == Wire.NewMsg && packet.Text == RoomView.Text("observer0", 0))
                return view;
        }
    }
}

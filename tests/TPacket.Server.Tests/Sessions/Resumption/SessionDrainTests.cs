using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>Sessions of a server that stops, a store of sessions that fails, and the limits of sessions.</summary>
public class SessionDrainTests
{
    private readonly byte[] _token = NewToken();

    [Fact]
    public async Task A_server_that_stops_asks_clients_with_a_session_to_move_on()
    {
        await using var server = await TestServer.StartAsync(static o => o.MoveOnSpread = TimeSpan.FromMilliseconds(200));
        await using var bare = await server.JoinAsync("bare", "room");
        await using var deaf = await server.JoinWithSessionAsync("deaf", NewToken());
        await using var alice = await server.JoinWithSessionAsync("alice", _token, Wire.MoveOn);
        await bare.FenceAsync();
        await deaf.FenceAsync();
        var stopping = server.StopAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await CloseAsync(bare, []));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await CloseAsync(deaf, []));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await CloseAsync(alice, [Wire.MoveOn]));
        await stopping;
    }

    [Fact]
    public async Task A_session_store_that_fails_ends_the_session_and_keeps_the_user()
    {
        await using var server = await TestServer.StartAsync(build: static b => b.Services.AddSingleton<ISessionStore, FlakySessionStore>());
        var store = (FlakySessionStore)server.Services.GetRequiredService<ISessionStore>();
        await using var alice = await server.SignInAsync("alice");
        store.Error = new RoomStoreException("away", isOutcomeUnknown: false);
        Assert.Equal(Wire.ErrorStoreFailed, (await alice.ReplyAsync(Wire.Session, _token)).P1);
        store.Error = new TimeoutException("away");
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.Session, _token)).P1);
        store.Error = null;
        Assert.Equal(Wire.Session, (await alice.ReplyAsync(Wire.Session, _token)).Command);

        // The record has the room before the user has entered it.
        store.Error = new RoomStoreException("away", isOutcomeUnknown: false);
        Assert.Equal(Wire.ErrorStoreFailed, (await alice.ReplyAsync(Wire.SetRoom, "room")).P1);
        Assert.Null(server.Rooms.Find("room"));
        await using var back = await server.ResumeAsync(_token);
        Assert.Equal(Wire.ErrorStoreFailed, (await back.ReceiveAsync()).P1);
        store.Error = null;
        await alice.JoinAsync("room");
        Assert.Equal(Wire.Resume, (await back.ReplyAsync(Wire.Resume, ResumeData(Nowhere, _token, NewToken()))).Command);
    }

    [Fact]
    public async Task The_limits_of_connections_in_total_and_per_address_apply_to_sessions()
    {
        await using var server = await TestServer.StartAsync(static o => (o.MaxConnections, o.MaxConnectionsPerAddress) = (10, 2));
        await using var alice = await server.JoinWithSessionAsync("alice", _token);
        var bob = await server.JoinWithSessionAsync("bob", NewToken());
        bob.Cut();
        await server.AwayAsync();
        await using var carol = await server.SignInAsync("carol");
        // bob counts, though it is away.
        Assert.Equal(Wire.ErrorRefused, (await carol.ReplyAsync(Wire.Session, NewToken())).P1);
        await alice.CloseAsync();
        await server.Metrics.Measurements.FirstAsync(static m => m is { Instrument: "tpacket.server.active_users", Value: -1 });
        Assert.Equal(Wire.Session, (await carol.ReplyAsync(Wire.Session, NewToken())).Command);
    }

    private static async Task<WebSocketCloseStatus?> CloseAsync(TestClient client, int[] commands)
    {
        var received = new List<Packet>();
        while (await client.TryReceiveAsync() is { } packet)
            received.Add(packet);
        // The remaining members receive the leaves of the others.
        received.RemoveAll(static p => p.Command is Wire.DelUser or Wire.NewUser);
        Assert.Equal(commands, received.Select(static p => p.Command));
        Assert.All(received, static p => Assert.InRange(p.P1, 0, 200));
        await client.CloseOutputAsync();
        return client.CloseStatus;
    }
}

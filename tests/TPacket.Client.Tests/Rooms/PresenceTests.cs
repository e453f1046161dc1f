using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests.Rooms;

/// <summary>Users who go away and return (docs/protocol.md, Sessions).</summary>
public class PresenceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_user_that_is_away_stays_in_the_roster_and_returns(bool inLog)
    {
        await using var server = new FakeServer { Follows = true, HasSessions = true };
        var client = server.Client();
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.LetFollowAsync("lobby", "alice", "bob");
        await connecting;
        var recorder = new ClientRecorder(client);

        await Presence(0x1001, 1, 11);
        await Presence(0x1001, 1, 12); // The same presence again.
        await Presence(0x7777, 1, 13); // An unknown user.
        await Presence(0x1000, 1, 14); // The client itself, which has returned already.
        await session.SaysAtAsync(15, 0x1001, "from the queue");
        await recorder.RecordsAsync("bob: from the queue");
        Assert.Equal([new RoomUser(0x1000, "alice"), new RoomUser(0x1001, "bob") { IsAway = true }], client.Roster.Users);
        await Presence(0x1001, 0, 16);
        await recorder.RecordsAsync("returned bob");

        Assert.Equal(["presencechanged bob", "away bob", "bob: from the queue", "presencechanged bob", "returned bob"], recorder.Lines);
        Assert.Equal(inLog ? [11L, 15L, 16L] : new long?[] { null, 15, null }, recorder.Events.Select(e => e.Offset));
        Assert.False(client.Roster.Find(0x1001)!.IsAway);

        Task Presence(int id, int away, long offset)
        {
            var packet = FakeSession.Packet(PacketCommand.Presence, id, "", away);
            return inLog ? session.EventAsync(offset, packet) : session.SendAsync(packet);
        }
    }

    [Fact]
    public async Task A_user_that_gets_another_nick_while_it_is_away_stays_away()
    {
        await using var server = new FakeServer { Follows = true, HasSessions = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        await session.EventAsync(10, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "bob"));
        await session.EventAsync(11, FakeSession.Packet(PacketCommand.Presence, 0x1001, "", 1));

        await session.EventAsync(12, FakeSession.Packet(PacketCommand.DelUser, 0x1001, "bob"), FakeSession.Packet(PacketCommand.NewUser, 0x1001, "eve"));

        await recorder.RecordsAsync("joined eve");
        Assert.Equal(new RoomUser(0x1001, "eve") { IsAway = true }, client.Roster.Find(0x1001));
        // A user that leaves and enters again is not away.
        await session.EventAsync(13, FakeSession.Packet(PacketCommand.DelUser, 0x1001, "eve"));
        await session.EventAsync(14, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "eve"));
        await recorder.RecordsAsync("joined eve", times: 2);
        Assert.False(client.Roster.Find(0x1001)!.IsAway);
    }

    [Fact]
    public async Task A_repeated_NEW_USER_of_an_away_user_raises_no_join()
    {
        await using var server = new FakeServer { Follows = true, HasSessions = true };
        var (client, session) = await server.FollowAsync();
        await session.EventAsync(10, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "bob"));
        var recorder = new ClientRecorder(client);
        await session.EventAsync(11, FakeSession.Packet(PacketCommand.Presence, 0x1001, "", 1));
        await recorder.RecordsAsync("away bob");

        await session.UserComesAsync(0x1001, "bob");
        await session.SaysAtAsync(12, 0x1001, "hi");

        await recorder.RecordsAsync("bob: hi");
        Assert.DoesNotContain("joined bob", recorder.Lines.SkipWhile(line => line != "away bob"));
        Assert.True(client.Roster.Find(0x1001)!.IsAway);
    }

    [Fact]
    public async Task Without_sessions_a_presence_packet_is_delivered_as_a_packet()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var (client, session) = await server.FollowAsync(options => options.KeepSession = false);
        var recorder = new ClientRecorder(client);

        await session.SendAsync(FakeSession.Packet(PacketCommand.Presence, 0x1000, "", 1));

        await recorder.RecordsAsync("packet 16 4096 1 ");
    }
}

using System.Security.Cryptography;

namespace TPacket.Server.Tests.Harness;

/// <summary>Steps of clients with a session (docs/protocol.md, Sessions).</summary>
internal static class SessionSteps
{
    public static RoomPosition Nowhere { get; } = new(0, RoomPosition.NoEvent, 0);

    extension(TestClient client)
    {
        /// <summary>The position after the last event that the client has received, if it follows the log.</summary>
        public RoomPosition Position
        {
            get => RoomPosition.Read(client.PositionBytes);
            set => value.Write(client.PositionBytes);
        }
    }

    public static byte[] NewToken() => RandomNumberGenerator.GetBytes(32);

    public static byte[] ResumeData(RoomPosition position, byte[] token, byte[] next)
    {
        var data = new byte[88];
        position.Write(data);
        token.CopyTo(data, 24);
        next.CopyTo(data, 56);
        return data;
    }

    /// <summary>Signs in with a session, and enters a room.</summary>
    /// <param name="server">The server.</param>
    /// <param name="nick">The nick.</param>
    /// <param name="token">The session's token.</param>
    /// <param name="accepted">The commands that the client accepts first.</param>
    public static async Task<TestClient> JoinWithSessionAsync(this TestServer server, string nick, byte[] token, params int[] accepted)
    {
        var client = await server.SignInAsync(nick);
        await client.AcceptAsync(accepted);
        Assert.Equal(Wire.Session, (await client.ReplyAsync(Wire.Session, token)).Command);
        if (accepted.Contains(Wire.Event))
            await client.FollowAsync("room");
        else
            await client.JoinAsync("room");
        return client;
    }

    /// <summary>Enters a room, and follows its log.</summary>
    public static async Task<SnapshotReceived> FollowAsync(this TestClient client, string room)
    {
        var uid = await client.SendAsync(Wire.SetRoom, room);
        var received = await client.FenceAsync();
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), received[0]);
        received.RemoveAt(0);
        var snapshot = SnapshotReceived.TakeFrom(received);
        Assert.Empty(received);
        client.Position = snapshot.Position;
        client.Id = snapshot.Roster.FirstOrDefault(p => p.Command == Wire.NewUser && p.Text == client.Nick)?.P1 ?? client.Id;
        return snapshot;
    }

    /// <summary>Returns the events that have arrived, and moves the client's position behind them.</summary>
    public static async Task<List<LogEvent>> EventsAsync(this TestClient client)
    {
        var events = (await client.FenceAsync()).Select(LogEvent.Of).ToList();
        client.Pass(events);
        return events;
    }

    public static void Pass(this TestClient client, List<LogEvent> events)
    {
        foreach (var e in events)
        {
            Assert.True(e.Offset > client.Position.Offset, $"Offset {e.Offset} comes after {client.Position.Offset}.");
            client.Position = client.Position with { Offset = e.Offset, Check = e.Check };
        }
    }

    /// <summary>Resumes a session on another connection.</summary>
    /// <returns>The new connection; the first packet that it receives is the reply.</returns>
    public static async Task<TestClient> ResumeAsync(this TestServer server, byte[] token, byte[]? next = null, RoomPosition? position = null, int grace = 0)
    {
        var client = await server.ConnectAsync();
        client.Position = position ?? Nowhere;
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        await client.SendAsync(Wire.Resume, ResumeData(client.Position, token, next ?? NewToken()), grace);
        return client;
    }

    /// <summary>Sends a request, and skips the packets before its reply.</summary>
    public static async Task<Packet> FenceUntilReplyAsync(this TestClient client, int command, string text, int p1 = 0)
    {
        var uid = await client.SendAsync(command, text, p1);
        return (await client.FenceUntilAsync(p => p.Uid == uid))[^1];
    }

    /// <summary>Enters a room.</summary>
    /// <returns>The packets after RESP_OK.</returns>
    public static async Task<List<Packet>> FenceUntilEnteredAsync(this TestClient client, string room)
    {
        Assert.Equal(Wire.RespOk, (await client.FenceUntilReplyAsync(Wire.SetRoom, room)).Command);
        return await client.FenceAsync();
    }

    /// <summary>Waits until the server has reported for the n-th time that a user is away.</summary>
    public static Task AwayAsync(this TestServer server, int nth = 1) => server.Metrics.Measurements.NthAsync(nth, m => m is { Instrument: "tpacket.server.away_users", Value: 1 });

    /// <summary>The packet that reports a member as away, or back.</summary>
    public static Packet Presence(int id, bool isAway) => new(-1, Wire.Presence, "", id, isAway ? 1 : 0);
}

using System.Security.Cryptography;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A client with a session that follows the log of its room and can resume on any server.</summary>
internal sealed class FollowingClient : IAsyncDisposable
{
    private byte[] _token = RandomNumberGenerator.GetBytes(32);

    private FollowingClient(TestClient client) => Client = client;

    /// <summary>The current connection.</summary>
    public TestClient Client { get; private set; }

    public int Id { get; private set; }

    /// <summary>The position after the last received event.</summary>
    public RoomPosition Position { get; private set; }

    /// <summary>Signs in with a session and enters a room.</summary>
    public static async Task<FollowingClient> EnterAsync(TestClient connection, string nick, string room)
    {
        var following = new FollowingClient(connection);
        await connection.SignInAsync(nick);
        await connection.AcceptAsync(Wire.Event, Wire.Presence);
        Assert.Equal(Wire.Session, (await connection.ReplyAsync(Wire.Session, following._token)).Command);
        var uid = await connection.SendAsync(Wire.SetRoom, room);
        var received = await connection.FenceAsync();
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), received[0]);
        received.RemoveAt(0);
        var snapshot = SnapshotReceived.TakeFrom(received);
        Assert.Empty(received);
        following.Position = snapshot.Position;
        following.Id = Assert.Single(snapshot.Roster, packet => packet.Command == Wire.NewUser && packet.Text == nick).P1;
        return following;
    }

    /// <summary>Receives events until one has a matching packet.</summary>
    /// <returns>The packets of the events.</returns>
    public async Task<List<Packet>> ReceiveUntilAsync(Func<Packet, bool> last)
    {
        var packets = new List<Packet>();
        do
        {
            packets.AddRange(Receive(await Client.ReceiveAsync()));
        }
        while (!last(packets[^1]));
        return packets;
    }

    /// <summary>Sends a text, again if the server has no lease yet, and receives events up to it.</summary>
    public async Task SayAsync(string text)
    {
        using var deadline = Deadline.Start();
        for (var uid = await Client.SendAsync(Wire.NewMsg, text); ;)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var packet = await Client.ReceiveAsync();
            if (packet.Uid == uid)
            {
                Assert.Equal((Wire.RespError, Wire.ErrorStoreFailed), (packet.Command, packet.P1));
                uid = await Client.SendAsync(Wire.NewMsg, text);
            }
            else if (Receive(packet).Any(p => p.Command == Wire.NewMsg && p.Text == text))
            {
                return;
            }
        }
    }

    /// <summary>Receives events up to a snapshot, and the snapshot.</summary>
    public async Task<SnapshotReceived> ReceiveSnapshotAsync()
    {
        Packet packet;
        while ((packet = await Client.ReceiveAsync()).Command != Wire.Snapshot)
            LogEvent.Of(packet);
        var received = new List<Packet> { packet };
        received.AddRange(await Client.FenceUntilAsync(static p => p.Command == Wire.Snapshot));
        var snapshot = SnapshotReceived.TakeFrom(received);
        Position = snapshot.Position;
        return snapshot;
    }

    /// <summary>Resumes the session on another connection.</summary>
    /// <returns>p1 of the server's reply: 0 for a replay of the missed events, 1 for a snapshot, 2 for no room.</returns>
    public async Task<int> ResumeAsync(TestClient connection)
    {
        var next = RandomNumberGenerator.GetBytes(32);
        var data = new byte[88];
        Position.Write(data);
        _token.CopyTo(data, 24);
        next.CopyTo(data, 56);
        await connection.SendAsync(Wire.Nop, Wire.MagicString);
        var uid = await connection.SendAsync(Wire.Resume, data);
        var reply = await connection.ReceiveAsync();
        Assert.Equal((uid, Wire.Resume), (reply.Uid, reply.Command));
        (Client, _token) = (connection, next);
        return reply.P1;
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private IReadOnlyList<Packet> Receive(Packet packet)
    {
        var received = LogEvent.Of(packet);
        Assert.Equal(Position.Offset + 1, received.Offset);
        Position = Position with { Offset = received.Offset, Check = received.Check };
        return received.Packets;
    }
}

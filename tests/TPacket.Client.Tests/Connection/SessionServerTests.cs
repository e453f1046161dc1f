using TPacket.Client.Tests.Harness;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Connection;

/// <summary>Sessions with a real server.</summary>
public class SessionServerTests
{
    [Fact]
    public async Task A_client_that_loses_its_connection_resumes_as_the_same_user_with_the_missed_events()
    {
        await using var server = await TestServer.StartAsync();
        await using var relay = Relay.Start(server.EndPoint);
        var (alice, bob) = (server.Client(address: new Uri($"ws://{relay.EndPoint}/")), await server.EnterAsync("bob"));
        var bobRecorder = new ClientRecorder(bob);
        await alice.ConnectAsync("alice", "lobby");
        await bobRecorder.RecordsAsync("joined alice");
        var self = alice.Roster.Self;
        var aliceRecorder = new ClientRecorder(alice);

        relay.Server = null;
        relay.Cut();
        await bobRecorder.RecordsAsync("away alice");
        Assert.True(bob.Roster.Find(self!.Id)!.IsAway);
        await bob.SendAsync("are you there?");
        relay.Server = server.EndPoint;
        await aliceRecorder.RecordsAsync("Ready lobby Resumed");
        await bobRecorder.RecordsAsync("returned alice");
        await alice.SendAsync("yes");
        await bobRecorder.RecordsAsync("alice: yes");
        await aliceRecorder.RecordsAsync("alice: yes");

        Assert.Equal(self, alice.Roster.Self);
        Assert.Equal(["bob: are you there?", "alice: yes"], aliceRecorder.Lines.Where(line => line.Contains(": ", StringComparison.Ordinal)));
        Assert.DoesNotContain(aliceRecorder.Lines, line => line.StartsWith("entered", StringComparison.Ordinal) || line.StartsWith("removed", StringComparison.Ordinal));
        Assert.Equal(["joined alice", "away alice", "returned alice"], bobRecorder.Lines.Where(line => line is "joined alice" or "left alice" or "away alice" or "returned alice"));
    }

    [Fact]
    public async Task Packets_without_receipts_are_appended_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var relay = Relay.Start(server.EndPoint);
        var (alice, bob) = (server.Client(address: new Uri($"ws://{relay.EndPoint}/")), await server.EnterAsync("bob"));
        await alice.ConnectAsync("alice", "lobby");
        var bobRecorder = new ClientRecorder(bob);
        var aliceRecorder = new ClientRecorder(alice);

        var sending = new List<Task<Receipt>>();
        for (var cut = 1; cut <= 5; cut++)
        {
            for (var i = 0; i < 10; i++)
                sending.Add(alice.SendAsync($"{sending.Count}"));
            relay.Cut();
            await aliceRecorder.RecordsAsync("Ready lobby Resumed", times: cut);
        }

        var receipts = await Task.WhenAll(sending).WaitAsync(Deadline.Limit);
        await bobRecorder.RecordsAsync("alice: 49");
        var expected = Enumerable.Range(0, 50).Select(i => $"alice: {i}").ToArray();
        Assert.Equal(expected, bobRecorder.Lines.Where(line => line.Contains(": ", StringComparison.Ordinal)));
        await aliceRecorder.RecordsAsync("alice: 49");
        Assert.Equal(expected, aliceRecorder.Lines.Where(line => line.Contains(": ", StringComparison.Ordinal)));
        Assert.Equal(receipts.Select(receipt => receipt.Offset).Order(), receipts.Select(receipt => receipt.Offset));
    }

    [Fact]
    public async Task A_closed_client_leaves_at_once_and_a_client_that_closed_without_a_connection_resumes_its_user()
    {
        await using var server = await TestServer.StartAsync();
        await using var relay = Relay.Start(server.EndPoint);
        var (alice, bob) = (server.Client(address: new Uri($"ws://{relay.EndPoint}/")), await server.EnterAsync("bob"));
        await alice.ConnectAsync("alice", "lobby");
        var (aliceRecorder, bobRecorder) = (new ClientRecorder(alice), new ClientRecorder(bob));
        var id = alice.Roster.Self!.Id;

        relay.Server = null;
        relay.Cut();
        await aliceRecorder.RecordsAsync("Reconnecting 1 Lost");
        await alice.CloseAsync();
        relay.Server = server.EndPoint;
        await alice.ConnectAsync("alice", "lobby");
        Assert.Equal((id, SessionContinuity.Rejoined), (alice.Roster.Self!.Id, alice.State.Continuity));
        await alice.CloseAsync();

        await bobRecorder.RecordsAsync("left alice");
    }
}

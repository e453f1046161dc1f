using System.Diagnostics;
using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>The README's section "Three nodes on your machine".</summary>
[Collection(nameof(ServersCollection))]
public sealed class ThreeNodesTests : IDisposable
{
    // Includes the time to compile the script.
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(3));

    [Fact]
    public async Task Two_clients_talk_across_nodes_also_after_one_of_their_nodes_was_killed()
    {
        if (!OperatingSystem.IsLinux())
            return; // The test stops the script by SIGTERM.
        await using var nodes = await ThreeNodes.StartAsync(_deadline.Token);
        Assert.Equal(4, nodes.Processes.Count);
        // The balancer connects to the nodes in turn.
        await using var alice = await FollowingClient.EnterAsync(await TestClient.ConnectAsync(nodes.Address), "alice", "lobby");
        await using var bob = await FollowingClient.EnterAsync(await TestClient.ConnectAsync(nodes.Address), "bob", "lobby");
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "bob" });
        await alice.Client.SendAsync(Wire.NewMsg, "hello");
        await bob.ReceiveUntilAsync(static p => p.Text == "hello");

        nodes.Kill(1);
        await nodes.ReadUntilAsync("Node 1 has ended", _deadline.Token);
        await using var lost = alice.Client;
        await bob.Client.SendAsync(Wire.NewMsg, "are you there?");
        Assert.Equal(0, await alice.ResumeAsync(await TestClient.ConnectAsync(nodes.Address)));

        await alice.ReceiveUntilAsync(static p => p.Text == "are you there?");
        await alice.Client.SendAsync(Wire.NewMsg, "here I am");
        var seen = await bob.ReceiveUntilAsync(static p => p.Text == "here I am");
        Assert.DoesNotContain(seen, static p => p.Command is Wire.DelUser or Wire.NewUser);

        Assert.Equal(0, await nodes.StopAsync(_deadline.Token));
        foreach (var process in nodes.Processes)
            Assert.Throws<ArgumentException>(() => Process.GetProcessById(process).Dispose());
    }

    public void Dispose() => _deadline.Dispose();
}

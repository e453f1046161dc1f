using Microsoft.Extensions.DependencyInjection;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests;

/// <summary>Clients in private rooms (docs/moderation.md).</summary>
public class InvitedClientTests
{
    [Fact]
    public async Task An_invitation_takes_the_place_of_the_rooms_name()
    {
        await using var server = await TestServer.StartAsync(configure: static builder => builder.AddInvitations());
        var alice = server.Client();
        await alice.ConnectAsync("alice");
        var made = await alice.RequestAsync(new Packet((int)PacketCommand.Invite, p2: 1));
        var room = made.Text.Split('\n')[0];

        await alice.JoinAsync(made.Text);
        Assert.Equal($"Ready {room}", Witness.Describe(alice.State));
        var bob = server.Client();
        await bob.ConnectAsync("bob", (await alice.RequestAsync(new Packet((int)PacketCommand.Invite, p1: 60))).Text);

        Assert.Equal($"Ready {room}", Witness.Describe(bob.State));
        Assert.Equal(["alice", "bob"], bob.Roster.Users.Select(static user => user.Nick).Order());
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => server.Client().ConnectAsync("carol", room));
        Assert.Equal(PacketErrorCode.InvitationRequired, refused.Code);
    }
}

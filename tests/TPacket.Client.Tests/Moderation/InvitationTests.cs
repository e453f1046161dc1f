using Microsoft.Extensions.DependencyInjection;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests.Moderation;

/// <summary>Clients in private rooms (docs/moderation.md).</summary>
public class InvitationTests
{
    [Fact]
    public async Task An_invitation_replaces_the_name_of_the_room()
    {
        await using var server = await TestServer.StartAsync(configure: static builder => builder.AddInvitations(static options => options.MaxDuration = TimeSpan.FromHours(1)));
        var alice = server.Client();
        await alice.ConnectAsync("alice");
        var made = await alice.InviteAsync(newRoom: true);
        var room = made.Text.Split('\n')[0];
        Assert.Equal(TimeSpan.FromHours(1), made.Duration);

        await alice.JoinAsync(made.Text);
        Assert.Equal($"Ready {room}", ClientRecorder.Describe(alice.State));
        var bob = server.Client();
        var second = await alice.InviteAsync(duration: TimeSpan.FromSeconds(59.5));
        Assert.Equal(TimeSpan.FromMinutes(1), second.Duration);
        await bob.ConnectAsync("bob", second.Text);

        Assert.Equal($"Ready {room}", ClientRecorder.Describe(bob.State));
        Assert.Equal(["alice", "bob"], bob.Roster.Users.Select(static user => user.Nick).Order());
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => server.Client().ConnectAsync("carol", room));
        Assert.Equal(PacketErrorCode.InvitationRequired, refused.Code);
    }
}

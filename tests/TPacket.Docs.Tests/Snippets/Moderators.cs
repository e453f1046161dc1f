using Microsoft.Extensions.DependencyInjection;
using TPacket.Client;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

internal static class Moderators
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: moderation
        services.AddTPacketServer()
            .AddModeration(options => options.Role = "moderator");
        // end-snippet
    }

    public static void Invite(IServiceCollection services, IConfiguration configuration)
    {
        // begin-snippet: moderation-invitations
        services.AddTPacketServer()
            .AddInvitations(options => options.Key = Convert.FromBase64String(configuration["InvitationKey"]!));
        // end-snippet
    }

    public static async Task EnterAsync(TPacketClient client)
    {
        // begin-snippet: moderation-private-room
        var invitation = await client.InviteAsync(newRoom: true);
        await client.JoinAsync(invitation.Text);
        // end-snippet
    }

    public static async Task LimitAsync(IRoomDirectory rooms)
    {
        // begin-snippet: moderation-limit
        var table = await rooms.OpenAsync("table 7");
        table.Room.MaxMembers = 4;
        // end-snippet
    }

    public static async Task ReviewAsync(IModeration moderation)
    {
        // begin-snippet: moderation-host
        await moderation.AddAsync(SanctionKind.AddressBan, "203.0.113.7", TimeSpan.FromDays(7), "spam", by: "the abuse desk");
        foreach (var entry in await moderation.ReadAsync())
            Console.WriteLine($"{entry.Kind} {entry.Target} until {entry.Until?.ToString("u") ?? "it is lifted"}: {entry.Reason}");
        // end-snippet
    }
}

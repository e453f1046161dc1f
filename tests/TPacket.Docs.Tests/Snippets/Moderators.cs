using Microsoft.Extensions.DependencyInjection;
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

    public static async Task ReviewAsync(IModeration moderation)
    {
        // begin-snippet: moderation-host
        await moderation.AddAsync(ModerationKind.AddressBan, "203.0.113.7", TimeSpan.FromDays(7), "spam", by: "the abuse desk");
        foreach (var entry in await moderation.ReadAsync())
            Console.WriteLine($"{entry.Kind} {entry.Target} until {entry.Until?.ToString("u") ?? "it is lifted"}: {entry.Reason}");
        // end-snippet
    }
}

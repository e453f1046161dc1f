using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;

namespace TPacket.Docs.Tests.Snippets;

internal static class Filters
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: filter
        services.AddTPacketServer()
            .AddFilter((context, next) =>
            {
                if (context.Command != (int)PacketCommand.SetRoom || context.Data.Span.StartsWith("game-"u8))
                    return next(context);
                context.ReplyError(PacketErrorCode.Refused, "Rooms here are called game-something.");
                return ValueTask.CompletedTask;
            }, inline: true);
        // end-snippet
    }
}

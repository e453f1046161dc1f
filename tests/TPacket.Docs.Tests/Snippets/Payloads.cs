using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: payload-handler
internal sealed record Stroke(int X, int Y, string Colour);

[JsonSerializable(typeof(Stroke))]
internal sealed partial class BoardJson : JsonSerializerContext;

/// <summary>Command 260, a stroke on the whiteboard: it goes to everybody in the room who accepts command 261.</summary>
internal sealed class StrokeCommand(IPayloadSerializer serializer) : ICommandHandler
{
    public async ValueTask HandleAsync(CommandContext context)
    {
        if (context.TryRead<Stroke>(serializer, out var stroke))
            await context.BroadcastAsync(261, stroke, serializer);
    }
}
// end-snippet

internal static class Payloads
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: payload-registration
        services.AddSingleton<IPayloadSerializer>(new JsonPayloadSerializer(BoardJson.Default));
        services.AddTPacketServer().AddCommand<StrokeCommand>(260);
        // end-snippet
    }
}

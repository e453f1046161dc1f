// begin-snippet: payload-handler
using System.Text.Json.Serialization;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: payload-handler
internal sealed record Stroke(int X, int Y, string Colour);

[JsonSerializable(typeof(Stroke))]
internal sealed partial class BoardJson : JsonSerializerContext;

/// <summary>Command 260, a stroke on the whiteboard: it goes to everybody in the room who accepts command 261.</summary>
internal sealed class StrokeCommand : ICommandHandler
{
    public async ValueTask HandleAsync(CommandContext context)
    {
        if (context.TryRead(BoardJson.Default.Stroke, out var stroke))
            await context.BroadcastAsync(261, stroke, BoardJson.Default.Stroke);
    }
}
// end-snippet

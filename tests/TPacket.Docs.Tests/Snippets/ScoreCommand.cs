// begin-snippet: command-class
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: command-class
/// <summary>Command 256, p1 points: adds the points for the user, and sends the total to all members of the room who accept command 257.</summary>
internal sealed class ScoreCommand(ScoreBoard scores) : ICommandHandler
{
    public async ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not { } room)
        {
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
            return;
        }

        var total = await scores.AddAsync(context.User.Nick, context.P1, context.User.Disconnected);
        await room.BroadcastAsync(257, context.User.Id, total);
        context.ReplyOk();
    }
}
// end-snippet

using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: command-class
/// <summary>Command 256, p1 points: they count for the user, and everybody in the room who accepts command 257 is told.</summary>
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

internal sealed class ScoreBoard
{
    private int _total;

    public ValueTask<int> AddAsync(string nick, int points, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(nick);
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Interlocked.Add(ref _total, points));
    }
}

internal static class Commands
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: command-registration
        services.AddSingleton<ScoreBoard>();
        services.AddTPacketServer()
            .AddCommand<ScoreCommand>(256)
            .AddCommand(258, context =>
            {
                context.Reply(258, p1: context.Room?.MemberCount ?? 0);
                return ValueTask.CompletedTask;
            }, CommandScope.Client, inline: true);
        // end-snippet
    }
}

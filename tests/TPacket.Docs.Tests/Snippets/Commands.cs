using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

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

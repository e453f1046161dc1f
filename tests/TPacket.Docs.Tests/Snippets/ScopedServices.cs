using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests.Snippets;

/// <summary>In an application, a DbContext.</summary>
internal sealed class GameDb
{
    private int _points;

    public ValueTask<int> FindPointsAsync(string nick, CancellationToken cancellationToken) => new(cancellationToken.IsCancellationRequested ? 0 : _points + nick.Length);

    public ValueTask<bool> IsMemberAsync(string nick) => new(_points + nick.Length > 0);

    public ValueTask AddPointsAsync(string nick, int points)
    {
        _points += points + nick.Length;
        return default;
    }
}

// begin-snippet: items-class
internal sealed class Score
{
    private int _points;

    public int Add(int points) => Interlocked.Add(ref _points, points);
}
// end-snippet

internal static class ScopedServices
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: scoped-registration
        services.AddScoped<GameDb>();
        services.AddTPacketServer()
            .AddCommand<PointsCommand>(262)
            .AddCommand(263, async context =>
            {
                var db = context.Services.GetRequiredService<GameDb>();
                await db.AddPointsAsync(context.User.Nick, context.P1);
                context.ReplyOk();
            })
            .UseNickPolicy<MemberNickPolicy>();
        // end-snippet
    }

    public static void RegisterItems(IServiceCollection services)
    {
        // begin-snippet: items
        services.AddTPacketServer().AddCommand(264, context =>
        {
            var mine = context.User.Items.GetOrAdd<Score>().Add(context.P1);
            var all = context.Room?.Items.GetOrAdd<Score>().Add(context.P1) ?? 0;
            context.Reply(264, mine, all);
            return ValueTask.CompletedTask;
        });
        // end-snippet
    }
}

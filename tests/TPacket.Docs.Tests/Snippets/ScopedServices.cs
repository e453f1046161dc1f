using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: scoped-classes
/// <summary>Command 262: how many points the sender has in the database.</summary>
internal sealed class PointsCommand(GameDb db) : ICommandHandler
{
    public async ValueTask HandleAsync(CommandContext context)
    {
        var points = await db.FindPointsAsync(context.User.Nick, context.User.Disconnected);
        context.Reply(262, p1: points);
    }
}

internal sealed class MemberNickPolicy(GameDb db, UniqueNickPolicy unique) : INickPolicy
{
    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => await db.IsMemberAsync(nick)
        ? await unique.ReserveAsync(nick, user)
        : NickDecision.Refuse(PacketErrorCode.Refused, "You are no member.");

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet

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

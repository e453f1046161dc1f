// begin-snippet: scoped-classes
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

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
        : NickDecision.Refuse(PacketErrorCode.Refused, "You are not a member.");

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet

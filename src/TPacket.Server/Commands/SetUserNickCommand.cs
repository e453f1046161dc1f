using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Commands;

/// <summary>SET_USER_NICK: signs in; where the host allows it, also changes the nick.</summary>
internal sealed class SetUserNickCommand(INickPolicy policy, UserRegistry users, RoomRegistry rooms, IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly TPacketServerOptions _options = options.Value;

    public ValueTask HandleAsync(CommandContext context)
    {
        var session = (Session)context.User;
        if (session.Member is not null && !_options.AllowNickChange)
            context.ReplyError(PacketErrorCode.NickChangeNotAllowed, "You have a nick already.");
        else if (context.Data.Length > _options.MaxNickBytes)
            context.ReplyError(PacketErrorCode.NickTooLong, "The nick is too long.");
        else if (!Utf8.IsValid(context.Data.Span))
            context.ReplyError(PacketErrorCode.NotUtf8, "The nick is not UTF-8.");
        else if (session.CurrentRoom is not { } room || rooms.TryTake(session, room, context))
            return ReserveAsync(context, session, Encoding.UTF8.GetString(context.Data.Span));
        return default;
    }

    private async ValueTask ReserveAsync(CommandContext context, Session session, string nick)
    {
        users.AssignId(session);
        var decision = await policy.ReserveAsync(nick, session).ConfigureAwait(false);
        if (!decision.IsAccepted)
        {
            context.ReplyError(decision.Code, decision.Text ?? "The nick is refused.");
            return;
        }

        if (session.Member is null)
            session.SignIn(new RoomMember(session.Id, nick));
        else
            await RenameAsync(session, nick).ConfigureAwait(false);
        context.ReplyOk();
    }

    /// <summary>The old nick is free only after everybody knows the new one.</summary>
    private async ValueTask RenameAsync(Session session, string nick)
    {
        var old = session.Member!.Nick;
        var renamed = new RoomMember(session.Id, nick);
        try
        {
            if (session.CurrentRoom is { } room)
                await room.RenameAsync(session, renamed).ConfigureAwait(false);
            else
                session.Rename(renamed);
        }
        catch
        {
            await policy.ReleaseAsync(nick, session).ConfigureAwait(false);
            throw;
        }

        await policy.ReleaseAsync(old, session).ConfigureAwait(false);
    }
}

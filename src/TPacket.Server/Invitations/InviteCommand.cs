using TPacket.Protocol;

namespace TPacket.Server.Invitations;

/// <summary>
/// INVITE: replies with an invitation to the client's private room (p2 is 0) or to a new private room (p2 is 1).
/// p1 of the reply is the validity of the invitation in seconds.
/// </summary>
internal sealed class InviteCommand(InvitationKey invitations, InvitationOptions options) : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context)
    {
        var most = (int)options.MaxDuration.TotalSeconds;
        if (context.P1 < 0 || context.P2 is not (0 or 1))
            context.ReplyError(PacketErrorCode.InvalidArgument, "p1 must be a number of seconds, and p2 0 for your room or 1 for a new one.");
        else if (context.P2 == 0 && context.Room is null)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (context.P2 == 0 && !invitations.IsPrivate(context.Room!.Name))
            context.ReplyError(PacketErrorCode.InvalidArgument, "Your room is not private.");
        else
            Reply(context, context.P2 == 0 ? context.Room!.Name : invitations.NewRoom(), context.P1 == 0 ? most : Math.Min(context.P1, most));
        return default;
    }

    private void Reply(CommandContext context, string room, int seconds) =>
        context.Reply((int)PacketCommand.Invite, invitations.Invite(room, TimeSpan.FromSeconds(seconds)), seconds);
}
